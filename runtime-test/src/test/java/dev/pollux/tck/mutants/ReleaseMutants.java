package dev.pollux.tck.mutants;

import dev.pollux.spi.Backend;
import dev.pollux.spi.EventSink;
import dev.pollux.tck.fake.FakeKernel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** Faults in how a backend lets go of what it has watched. */
final class ReleaseMutants {

    private ReleaseMutants() {}

    /** Holds the open file of every source that it was told to let go, as a request does that is not cancelled yet. */
    abstract static class Holds extends Mutant {

        private final FakeKernel kernel;
        private final List<Integer> held = new ArrayList<>();

        Holds(Backend sound, FakeKernel kernel) {
            super(sound);
            this.kernel = kernel;
        }

        @Override
        public void remove(Object fileobj, int fd, long token) {
            super.remove(fileobj, fd, token);
            try {
                held.add(kernel.dup(fd));
            } catch (IOException closed) {
                // Then there is nothing to hold.
            }
        }

        final void letGo() {
            for (int number : held) {
                try {
                    kernel.close(number);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
            held.clear();
        }

        @Override
        public void close() {
            letGo();
            super.close();
        }
    }

    /** Puts a removal off to its next wait. */
    static final class HoldsUntilTheNextWait extends Holds {

        HoldsUntilTheNextWait(Backend sound, FakeKernel kernel) {
            super(sound, kernel);
        }

        @Override
        public void await(long timeoutNanos, EventSink sink) throws IOException {
            letGo();
            super.await(timeoutNanos, sink);
        }
    }

    /** Puts a removal off until what else was put off is submitted. */
    static final class HoldsUntilTheNextFlush extends Holds {

        HoldsUntilTheNextFlush(Backend sound, FakeKernel kernel) {
            super(sound, kernel);
        }

        @Override
        public void flush() throws IOException {
            letGo();
            super.flush();
        }
    }

    /** Holds everything that it has ever watched. */
    static final class HoldsUntilItCloses extends Holds {

        HoldsUntilItCloses(Backend sound, FakeKernel kernel) {
            super(sound, kernel);
        }
    }
}
