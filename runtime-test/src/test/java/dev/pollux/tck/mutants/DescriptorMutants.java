package dev.pollux.tck.mutants;

import dev.pollux.spi.Backend;
import dev.pollux.tck.fake.FakeKernel;
import dev.pollux.tck.source.Descriptors;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Faults in the descriptor that a backend has itself. */
final class DescriptorMutants {

    private DescriptorMutants() {}

    /** Claims to have one. */
    static final class HasNone extends Mutant {

        HasNone(Backend sound) {
            super(sound);
        }

        @Override
        public int descriptor() {
            return -1;
        }
    }

    /** Has one that never becomes readable. */
    static final class IsDeaf extends Mutant {

        private final FakeKernel kernel;
        private final Descriptors.Pair pipe;

        IsDeaf(Backend sound, FakeKernel kernel) {
            super(sound);
            this.kernel = kernel;
            this.pipe = kernel.pipe();
        }

        @Override
        public int descriptor() {
            return pipe.first();
        }

        @Override
        public void close() {
            try {
                kernel.close(pipe.first());
                kernel.close(pipe.second());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            super.close();
        }
    }
}
