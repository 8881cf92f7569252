package dev.pollux.tck.mutants;

import dev.pollux.spi.Backend;
import dev.pollux.spi.EventSink;
import java.io.IOException;

/** Backends with which nearly everything fails. */
public final class BrokenBackends {

    private BrokenBackends() {}

    /** Takes every source for something that it is not. */
    public static final class WrongCast extends Mutant {

        public WrongCast(Backend sound) {
            super(sound);
        }

        @Override
        public void add(Object fileobj, int fd, int events, long token) throws IOException {
            super.add((String) fileobj, fd, events, token);
        }
    }

    /** Is not finished. */
    public static final class AwaitThrows extends Mutant {

        public AwaitThrows(Backend sound) {
            super(sound);
        }

        @Override
        public void await(long timeoutNanos, EventSink sink) {
            throw new UnsupportedOperationException("not written yet");
        }
    }

    /** Asks for an array as large as an errno read as a size. */
    public static final class AwaitRunsOutOfMemory extends Mutant {

        public AwaitRunsOutOfMemory(Backend sound) {
            super(sound);
        }

        @Override
        public void await(long timeoutNanos, EventSink sink) {
            throw new OutOfMemoryError("Requested array size exceeds VM limit");
        }
    }

    /** Waits also when it must not. */
    public static final class AwaitHangs extends Mutant {

        public AwaitHangs(Backend sound) {
            super(sound);
        }

        @Override
        public void await(long timeoutNanos, EventSink sink) throws IOException {
            super.await(Long.MAX_VALUE, sink);
        }
    }

    /** Works for as long as the first steps last. */
    public static final class SecondAddThrows extends Mutant {

        private int added;

        public SecondAddThrows(Backend sound) {
            super(sound);
        }

        @Override
        public void add(Object fileobj, int fd, int events, long token) throws IOException {
            if (++added > 2) {
                throw new IllegalStateException("slot " + added);
            }
            super.add(fileobj, fd, events, token);
        }

        @Override
        public void change(Object fileobj, int fd, int events, long token) {
            throw new IllegalStateException("change");
        }

        @Override
        public void await(long timeoutNanos, EventSink sink) throws IOException {
            super.await(timeoutNanos, (token, ready) -> {});
        }
    }
}
