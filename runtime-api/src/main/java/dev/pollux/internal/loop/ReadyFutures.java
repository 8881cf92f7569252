package dev.pollux.internal.loop;

import dev.pollux.Events;
import dev.pollux.loop.Callback;
import dev.pollux.loop.Registration;
import java.io.IOException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Futures for sources being ready. A source is registered for what its waiters want together, and not at all once
 * there are none.
 *
 * <p><b>Thread:</b> the loop's.
 */
public final class ReadyFutures {

    /** Registers a source with the loop. */
    @FunctionalInterface
    public interface Register {

        /** Registers {@code fileobj}. */
        Registration register(Object fileobj, int events, Callback callback) throws IOException;
    }

    private static final class Waiter {

        final int events;
        final CompletableFuture<Integer> ready;
        volatile boolean served;

        Waiter(int events, CompletableFuture<Integer> ready) {
            this.events = events;
            this.ready = ready;
        }
    }

    private final Register loop;
    private final Executor nextTurn;
    private final IdentityHashMap<Object, Source> sources = new IdentityHashMap<>();

    /**
     * Makes futures for sources.
     *
     * @param loop registers them
     * @param nextTurn does something on the loop thread with the next turn, unless the loop has ended
     */
    public ReadyFutures(Register loop, Executor nextTurn) {
        this.loop = loop;
        this.nextTurn = nextTurn;
    }

    /**
     * Waits for {@code ready}, at most for so long. Not on the loop thread.
     *
     * @return {@link Events#NONE} if that was over first
     */
    public static int get(CompletableFuture<Integer> ready, long timeoutNanos)
            throws IOException, InterruptedException {
        try {
            return ready.get(timeoutNanos, TimeUnit.NANOSECONDS);
        } catch (TimeoutException over) {
            return Events.NONE;
        } catch (ExecutionException e) {
            throw Thrown.again(Objects.requireNonNull(e.getCause()));
        }
    }

    /** Completes {@code ready} once {@code fileobj} is ready for {@code events}. */
    public void await(Object fileobj, int events, CompletableFuture<Integer> ready) {
        if (ready.isDone()) {
            return;
        }
        Waiter waiter = new Waiter(events, ready);
        Source source = sources.computeIfAbsent(fileobj, Source::new);
        source.waiters.add(waiter);
        try {
            source.watch();
        } catch (Throwable refused) {
            source.waiters.remove(waiter);
            source.watchOrFail();
            ready.completeExceptionally(refused);
            return;
        }
        ready.whenComplete((bits, error) -> {
            // One that is served has left already. One that was cancelled or has timed out has not.
            if (!waiter.served) {
                nextTurn.execute(() -> source.giveUp(waiter));
            }
        });
    }

    /** Ends the wait of {@code ready} for {@code fileobj}, if it lasts. On the loop thread, or while there is none. */
    public void withdraw(Object fileobj, CompletableFuture<Integer> ready) {
        Source source = sources.get(fileobj);
        if (source != null) {
            source.withdraw(ready);
        }
    }

    private final class Source implements Callback {

        private final Object fileobj;
        private final List<Waiter> waiters = new ArrayList<>();
        private @Nullable Registration registration;

        Source(Object fileobj) {
            this.fileobj = fileobj;
        }

        /** Registers for what the waiters want together, or ends the registration if there are none. */
        void watch() throws IOException {
            int wanted = 0;
            for (Waiter waiter : waiters) {
                wanted |= waiter.events;
            }
            Registration watching = registration;
            if (waiters.isEmpty()) {
                sources.remove(fileobj, this);
                registration = null;
                if (watching != null) {
                    watching.cancel();
                }
            } else if (watching == null) {
                registration = loop.register(fileobj, wanted, this);
            } else {
                watching.modify(wanted);
            }
        }

        /** As {@link #watch}; if the kernel refuses now what it took before, the futures of the waiters fail. */
        void watchOrFail() {
            try {
                watch();
            } catch (Throwable refused) {
                List<Waiter> failed = List.copyOf(waiters);
                waiters.clear();
                watchOrFail();
                failed.forEach(waiter -> waiter.ready.completeExceptionally(refused));
            }
        }

        void withdraw(CompletableFuture<Integer> ready) {
            if (waiters.removeIf(waiter -> waiter.ready == ready)) {
                watchOrFail();
            }
        }

        void giveUp(Waiter waiter) {
            if (waiters.remove(waiter)) {
                watchOrFail();
            }
        }

        /** Settles the registration first: what depends on a future may wait again, or close the source, at once. */
        @Override
        public void onReady(Registration watched, int ready) {
            List<Waiter> served = new ArrayList<>();
            for (Iterator<Waiter> each = waiters.iterator(); each.hasNext(); ) {
                Waiter waiter = each.next();
                if ((ready & (waiter.events | Events.REPORTED_ONLY)) != 0) {
                    each.remove();
                    waiter.served = true;
                    served.add(waiter);
                }
            }
            watchOrFail();
            for (Waiter waiter : served) {
                waiter.ready.complete(ready & (waiter.events | Events.REPORTED_ONLY));
            }
        }
    }
}
