package dev.pollux.netty;

import dev.pollux.AlreadyRegisteredException;
import dev.pollux.Capability;
import dev.pollux.EventSelector;
import dev.pollux.ReadyHandler;
import dev.pollux.Requirements;
import dev.pollux.SelectorKey;
import dev.pollux.Selectors;
import io.netty.channel.ChannelException;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoRegistration;
import io.netty.channel.nio.NioIoHandle;
import io.netty.util.concurrent.ThreadAwareExecutor;
import java.io.IOException;
import java.nio.channels.ClosedSelectorException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs Netty's NIO channels on an {@link EventSelector}: {@code NioSocketChannel}, {@code NioServerSocketChannel},
 * {@code NioDatagramChannel} and every other {@link NioIoHandle}, on any backend that watches Java channels.
 *
 * <p>Native backends need their JVM flags, see {@link Selectors#explain}.
 *
 * <p><b>Thread:</b> that of its event loop, but for {@link #wakeup} and {@link #backend}.
 */
public final class PolluxIoHandler implements IoHandler {

    private static final Logger log = LoggerFactory.getLogger(PolluxIoHandler.class);

    private static final Requirements CHANNELS = Requirements.of(Capability.JAVA_CHANNELS);

    /** How long a loop rests whose selector fails, so that a failure that lasts is no busy loop. */
    private static final long REST_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final ThreadAwareExecutor eventLoop;
    private final EventSelector selector;
    private final Consumer<PolluxIoHandler> whenDestroyed;
    private final Set<CompletableFuture<Boolean>> swaps = ConcurrentHashMap.newKeySet();
    private final ReadyHandler handler = this::handle;
    private volatile String backend;

    /** When the first handle of the present turn was called; 0 if none was. */
    private long active;

    PolluxIoHandler(ThreadAwareExecutor eventLoop, EventSelector selector, Consumer<PolluxIoHandler> whenDestroyed) {
        this.eventLoop = eventLoop;
        this.selector = selector;
        this.whenDestroyed = whenDestroyed;
        backend = selector.backend();
    }

    /**
     * Returns a factory for the best backend that watches Java channels, unless {@code -Dpollux.backend} or
     * {@code -Dpollux.backend.avoid} decide otherwise, see {@link Selectors}.
     */
    public static PolluxIoHandlerFactory newFactory() {
        return newFactory(CHANNELS);
    }

    /** Returns a factory for the best backend that watches Java channels and meets {@code requirements}. */
    public static PolluxIoHandlerFactory newFactory(Requirements requirements) {
        Requirements all = requirements.requiring(Capability.JAVA_CHANNELS);
        return new PolluxIoHandlerFactory(() -> Selectors.open(all));
    }

    /** Returns a factory for the backend {@code name} and no other. */
    public static PolluxIoHandlerFactory newFactory(String name) {
        Objects.requireNonNull(name, "name");
        return new PolluxIoHandlerFactory(() -> {
            EventSelector selector = Selectors.open(name);
            if (!selector.capabilities().contains(Capability.JAVA_CHANNELS)) {
                selector.close();
                throw new ChannelException(
                        "backend " + name + " does not watch Java channels here: " + Selectors.explain(CHANNELS));
            }
            return selector;
        });
    }

    @Override
    public int run(IoHandlerContext context) {
        long nanos = context.canBlock() ? Math.max(0, context.delayNanos(System.nanoTime())) : 0;
        active = 0;
        try {
            int handled = selector.selectNanos(nanos, handler);
            if (active != 0 && context.shouldReportActiveIoTime()) {
                context.reportActiveIoTime(System.nanoTime() - active);
            }
            return handled;
        } catch (IOException | RuntimeException e) {
            log.warn("a selector of an event loop fails", e);
            LockSupport.parkNanos(REST_NANOS);
            return 0;
        }
    }

    private void handle(SelectorKey key, int events) {
        if (active == 0) {
            active = System.nanoTime();
        }
        Registration registration = (Registration) Objects.requireNonNull(key.data(), "data");
        if (!registration.isValid()) {
            // Its channel is closed, and perhaps its number is another's by now.
            registration.cancel();
            return;
        }
        try {
            registration.handle().handle(registration, ReadyOps.of(events, registration.interest()));
        } catch (RuntimeException e) {
            log.warn("{} fails", registration.handle(), e);
        }
    }

    @Override
    public IoRegistration register(IoHandle handle) throws IOException {
        if (!(handle instanceof NioIoHandle nioHandle)) {
            throw new IllegalArgumentException(handle.getClass().getName()
                    + " is none of Netty's NIO channels, which are what a PolluxIoHandler runs");
        }
        Registration registration = new Registration(eventLoop, selector, nioHandle);
        try {
            registration.begin();
        } catch (AlreadyRegisteredException e) {
            // A channel that is closed and not yet deregistered has left its number to this one.
            for (Registration other : registrations()) {
                if (!other.isValid()) {
                    other.cancel();
                }
            }
            registration.begin();
        }
        nioHandle.registered();
        return registration;
    }

    private List<Registration> registrations() {
        List<Registration> all = new ArrayList<>();
        selector.keys().values().forEach(key -> all.add((Registration) Objects.requireNonNull(key.data(), "data")));
        return all;
    }

    @Override
    public void wakeup() {
        if (!eventLoop.isExecutorThread(Thread.currentThread())) {
            selector.wakeup();
        }
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> handleType) {
        return NioIoHandle.class.isAssignableFrom(handleType);
    }

    /** Moves to another backend between two turns. Returns whether it did, as opposed to having been destroyed. */
    CompletableFuture<Boolean> swap(String name) {
        CompletableFuture<Boolean> moved = new CompletableFuture<>();
        swaps.add(moved);
        moved.whenComplete((done, failure) -> swaps.remove(moved));
        try {
            eventLoop.execute(() -> {
                try {
                    selector.swap(name);
                    backend = name;
                    moved.complete(true);
                } catch (ClosedSelectorException e) {
                    moved.complete(false);
                } catch (IOException | RuntimeException e) {
                    moved.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException e) {
            moved.complete(false);
        }
        if (!selector.isOpen()) {
            moved.complete(false);
        }
        return moved;
    }

    /** Returns the name of the backend. Any thread. */
    public String backend() {
        return backend;
    }

    @Override
    public void prepareToDestroy() {
        for (Registration registration : registrations()) {
            registration.cancel();
            try {
                registration.handle().close();
            } catch (Exception e) {
                log.debug("{} does not close", registration.handle(), e);
            }
        }
    }

    @Override
    public void destroy() {
        selector.close();
        whenDestroyed.accept(this);
        swaps.forEach(swap -> swap.complete(false));
    }

    @Override
    public String toString() {
        return "PolluxIoHandler[" + backend + (selector.isOpen() ? "]" : ", destroyed]");
    }
}
