package dev.pollux.benchmarks;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.TimerHandle;
import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.HashedWheelTimer;
import io.netty.util.Timeout;
import io.netty.util.TimerTask;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Who keeps the timers. Each side has loops of its own, so that the JIT compiles them for it alone. */
final class TimerSides {

    /** What {@link #open} knows. */
    static final List<String> NAMES = List.of("wheel", "wheel-exchange", "loop", "netty-loop", "netty-wheel", "stpe");

    /** All due timers are due within this time, and long after it Netty's wheel has no tick to wait for. */
    static final long DUE_WITHIN_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private static final long LONG_AFTER_MILLIS = 400;

    private TimerSides() {}

    /** Opens the side {@code name} for timers that run {@code task} after {@code delays}, in nanoseconds. */
    static TimerSide open(String name, long[] delays, Runnable task) throws Exception {
        return switch (name) {
            case "wheel" -> new Wheel(delays, task, false);
            case "wheel-exchange" -> new Wheel(delays, task, true);
            case "loop" -> new Loop(delays, task);
            case "netty-loop" -> new NettyLoop(delays, task);
            case "netty-wheel" -> new NettyWheel(delays, task);
            case "stpe" -> new Pool(delays, task);
            default -> throw new IllegalArgumentException("side " + name + " is none of " + NAMES);
        };
    }

    private static void check(boolean cancelled, int i) {
        if (!cancelled) {
            throw new IllegalStateException("timer " + i + " is not pending any more");
        }
    }

    private static final class Wheel implements TimerSide {

        private final BareWheel wheel;
        private final long[] delays;
        private final Runnable task;
        private final BareWheel.Timer[] handles;

        Wheel(long[] delays, Runnable task, boolean takesTasks) {
            wheel = new BareWheel(takesTasks);
            this.delays = delays;
            this.task = task;
            handles = new BareWheel.Timer[delays.length];
        }

        @Override
        public void schedule() {
            for (int i = 0; i < handles.length; i++) {
                handles[i] = wheel.schedule(delays[i], task);
            }
        }

        @Override
        public void cancel(int[] order) {
            for (int i : order) {
                check(wheel.cancel(handles[i]), i);
            }
        }

        @Override
        public void fire(CountDownLatch fired) {
            wheel.advance(DUE_WITHIN_NANOS);
        }

        @Override
        public void close() {}
    }

    private static final class Loop implements TimerSide {

        private long now;
        private final EventLoop loop =
                EventLoop.builder().backend("nio").clock(() -> now).open();
        private final Duration[] delays;
        private final Runnable task;
        private final TimerHandle[] handles;

        Loop(long[] delaysNanos, Runnable task) throws IOException {
            this.task = task;
            delays = new Duration[delaysNanos.length];
            for (int i = 0; i < delays.length; i++) {
                delays[i] = Duration.ofNanos(delaysNanos[i]);
            }
            handles = new TimerHandle[delays.length];
        }

        @Override
        public void schedule() throws IOException {
            onLoop(() -> {
                for (int i = 0; i < handles.length; i++) {
                    handles[i] = loop.schedule(delays[i], task);
                }
            });
        }

        @Override
        public void cancel(int[] order) throws IOException {
            onLoop(() -> {
                for (int i : order) {
                    check(handles[i].cancel(), i);
                }
            });
        }

        /** Scheduling and cancelling is cheapest on the loop's thread. */
        private void onLoop(Runnable work) throws IOException {
            loop.execute(work);
            loop.runOnce(Duration.ZERO);
        }

        @Override
        public void fire(CountDownLatch fired) throws IOException {
            now += DUE_WITHIN_NANOS;
            while (fired.getCount() > 0) {
                loop.runOnce(Duration.ZERO);
            }
        }

        @Override
        public void close() {
            loop.close();
        }
    }

    private static final class NettyLoop implements TimerSide {

        private final MockTicker clock = Ticker.newMockTicker();
        private final ManualIoEventLoop loop =
                new ManualIoEventLoop(null, Thread.currentThread(), NioIoHandler.newFactory(), clock);
        private final long[] delays;
        private final Runnable task;
        private final Future<?>[] handles;

        NettyLoop(long[] delays, Runnable task) {
            this.delays = delays;
            this.task = task;
            handles = new Future<?>[delays.length];
        }

        @Override
        public void schedule() {
            for (int i = 0; i < handles.length; i++) {
                handles[i] = loop.schedule(task, delays[i], TimeUnit.NANOSECONDS);
            }
        }

        @Override
        public void cancel(int[] order) {
            for (int i : order) {
                check(handles[i].cancel(false), i);
            }
        }

        @Override
        public void fire(CountDownLatch fired) {
            clock.advance(DUE_WITHIN_NANOS, TimeUnit.NANOSECONDS);
            while (fired.getCount() > 0) {
                loop.runNow();
            }
        }

        @Override
        public void close() {
            // The loop ends only once its clock has moved on from the moment it was told to.
            NettyLoops.close(loop, () -> clock.advance(1, TimeUnit.SECONDS));
        }
    }

    private static final class NettyWheel implements TimerSide {

        private final HashedWheelTimer wheel = new HashedWheelTimer();
        private final long[] delays;
        private final TimerTask task;
        private final Timeout[] handles;
        private final Gate gate = new Gate();

        NettyWheel(long[] delays, Runnable task) throws InterruptedException {
            this.delays = delays;
            this.task = timeout -> task.run();
            handles = new Timeout[delays.length];
            wheel.newTimeout(timeout -> gate.hold(), 0, TimeUnit.NANOSECONDS);
            gate.awaitHeld();
        }

        @Override
        public void schedule() {
            for (int i = 0; i < handles.length; i++) {
                handles[i] = wheel.newTimeout(task, delays[i], TimeUnit.NANOSECONDS);
            }
        }

        @Override
        public void cancel(int[] order) {
            for (int i : order) {
                check(handles[i].cancel(), i);
            }
        }

        @Override
        public void await() throws InterruptedException {
            TimeUnit.MILLISECONDS.sleep(LONG_AFTER_MILLIS);
        }

        @Override
        public void fire(CountDownLatch fired) throws InterruptedException {
            gate.open();
            fired.await();
        }

        @Override
        public void close() {
            gate.open();
            wheel.stop();
        }
    }

    private static final class Pool implements TimerSide {

        private final ScheduledThreadPoolExecutor pool = new ScheduledThreadPoolExecutor(1);
        private final long[] delays;
        private final Runnable task;
        private final Future<?>[] handles;
        private final Gate gate = new Gate();

        Pool(long[] delays, Runnable task) throws InterruptedException {
            this.delays = delays;
            this.task = task;
            handles = new Future<?>[delays.length];
            pool.setRemoveOnCancelPolicy(true);
            pool.execute(gate::hold);
            gate.awaitHeld();
        }

        @Override
        public void schedule() {
            for (int i = 0; i < handles.length; i++) {
                handles[i] = pool.schedule(task, delays[i], TimeUnit.NANOSECONDS);
            }
        }

        @Override
        public void cancel(int[] order) {
            for (int i : order) {
                check(handles[i].cancel(false), i);
            }
        }

        @Override
        public void await() throws InterruptedException {
            TimeUnit.NANOSECONDS.sleep(DUE_WITHIN_NANOS);
        }

        @Override
        public void fire(CountDownLatch fired) throws InterruptedException {
            gate.open();
            fired.await();
        }

        @Override
        public void close() {
            pool.shutdownNow();
            gate.open();
        }
    }

    /** Holds a timer's own thread until it is opened. */
    private static final class Gate {

        private final CountDownLatch held = new CountDownLatch(1);
        private final CountDownLatch opened = new CountDownLatch(1);

        void hold() {
            held.countDown();
            try {
                opened.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        void awaitHeld() throws InterruptedException {
            held.await();
        }

        void open() {
            opened.countDown();
        }
    }
}
