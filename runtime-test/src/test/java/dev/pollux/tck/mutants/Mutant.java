package dev.pollux.tck.mutants;

import dev.pollux.spi.Backend;
import dev.pollux.spi.EventSink;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;

/** A backend with one fault, each of a sort that has been seen in the wild. */
public class Mutant implements Backend {

    private final Backend sound;

    protected Mutant(Backend sound) {
        this.sound = sound;
    }

    @Override
    public void add(Object fileobj, int fd, int events, long token) throws IOException {
        sound.add(fileobj, fd, events, token);
    }

    @Override
    public void change(Object fileobj, int fd, int events, long token) throws IOException {
        sound.change(fileobj, fd, events, token);
    }

    @Override
    public void remove(Object fileobj, int fd, long token) {
        sound.remove(fileobj, fd, token);
    }

    @Override
    public void await(long timeoutNanos, EventSink sink) throws IOException {
        sound.await(timeoutNanos, sink);
    }

    @Override
    public void attach(Thread thread) throws IOException {
        sound.attach(thread);
    }

    @Override
    public void flush() throws IOException {
        sound.flush();
    }

    @Override
    public int descriptor() {
        return sound.descriptor();
    }

    @Override
    public void wakeup() {
        sound.wakeup();
    }

    @Override
    public void close() {
        sound.close();
    }

    /** Takes no notice of another interest. */
    public static final class IgnoresChange extends Mutant {

        public IgnoresChange(Backend sound) {
            super(sound);
        }

        @Override
        public void change(Object fileobj, int fd, int events, long token) {}
    }

    /** Goes on watching what was unregistered. */
    public static final class ForgetsRemove extends Mutant {

        public ForgetsRemove(Backend sound) {
            super(sound);
        }

        @Override
        public void remove(Object fileobj, int fd, long token) {}
    }

    /** Reports every other event only. */
    public static final class DropsEverySecondEvent extends Mutant {

        private final AtomicLong seen = new AtomicLong();

        public DropsEverySecondEvent(Backend sound) {
            super(sound);
        }

        @Override
        public void await(long timeoutNanos, EventSink sink) throws IOException {
            super.await(timeoutNanos, (token, ready) -> {
                if (seen.incrementAndGet() % 2 == 0) {
                    sink.ready(token, ready);
                }
            });
        }
    }

    /** Cuts a wait down to whole milliseconds, so that the last part of it is a spin. */
    public static final class RoundsTimeoutDown extends Mutant {

        public RoundsTimeoutDown(Backend sound) {
            super(sound);
        }

        @Override
        public void await(long timeoutNanos, EventSink sink) throws IOException {
            super.await(timeoutNanos / 1_000_000 * 1_000_000, sink);
        }
    }

    /** Adds a millisecond to be on the safe side. */
    public static final class WaitsOneMore extends Mutant {

        public WaitsOneMore(Backend sound) {
            super(sound);
        }

        @Override
        public void await(long timeoutNanos, EventSink sink) throws IOException {
            super.await(timeoutNanos <= 0 || timeoutNanos > 1L << 60 ? timeoutNanos : timeoutNanos + 1_000_000, sink);
        }
    }

    /** Does not wait at all for what is further off than a 32-bit count of milliseconds can tell. */
    public static final class OverflowsTimeout extends Mutant {

        public OverflowsTimeout(Backend sound) {
            super(sound);
        }

        @Override
        public void await(long timeoutNanos, EventSink sink) throws IOException {
            super.await(Math.max(0, (int) (timeoutNanos / 1_000_000)) * 1_000_000L, sink);
        }
    }

    /** Does not end a wait in progress. */
    public static final class LosesWakeup extends Mutant {

        public LosesWakeup(Backend sound) {
            super(sound);
        }

        @Override
        public void wakeup() {}
    }

    /** Gives nothing back. */
    public static final class ForgetsClose extends Mutant {

        public ForgetsClose(Backend sound) {
            super(sound);
        }

        @Override
        public void close() {}
    }
}
