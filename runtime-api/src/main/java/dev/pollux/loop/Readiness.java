package dev.pollux.loop;

import dev.pollux.Events;
import java.io.IOException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Futures for sources being ready. A source is registered for what its waiters want together, and not at all once
 * there are none.
 *
 * <p><b>Thread:</b> the loop's.
 */
final class Readiness {

    private static final class Waiter {

        final int events;
        final CompletableFuture<Integer> ready;
        volatile boolean served;

        Waiter(int events, CompletableFuture<Integer> ready) {
            this.events = events;
            this.ready = ready;
        }
    }

    private final LoopCore loop;
    private final CallbackRegistry registry;
    private final IdentityHashMap<Object, Source> sources = new IdentityHashMap<>();

    Readiness(LoopCore loop, CallbackRegistry registry) {
        this.loop = loop;
        this.registry = registry;
    }

    void await(Object fileobj, int events, CompletableFuture<Integer> ready) {
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
            // Whoever is served has left already; cancelled, timed out or completed by somebody else are not.
            if (!waiter.served && loop.commandUnlessEnded(() -> source.giveUp(waiter))) {
                loop.wakeup();
            }
        });
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
                registration = registry.register(fileobj, wanted, this);
            } else {
                watching.modify(wanted);
            }
        }

        /** As {@link #watch}; if the kernel refuses now what it took before, the waiters learn it. */
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

        void giveUp(Waiter waiter) {
            if (waiters.remove(waiter)) {
                watchOrFail();
            }
        }

        /** Settles the registration first: whoever is told may wait again, or close the source, at once. */
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
