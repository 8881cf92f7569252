package dev.pollux.mutants;

import dev.pollux.ffm.IoUringBackendProvider;
import dev.pollux.ffm.testing.LibcDescriptors;
import dev.pollux.spi.BackendProvider;
import dev.pollux.tck.OperationRules;
import dev.pollux.tck.Subject;
import dev.pollux.tck.fake.FakeKernel;
import dev.pollux.tck.source.Descriptors;
import org.junit.jupiter.api.condition.EnabledIf;

/** The rules of operations as {@link MutatedClasses} loads them: on the kernel in memory, in both ways to do operations, and on io_uring. */
final class MutatedRules {

    private MutatedRules() {}

    private static Subject subject(BackendProvider provider, Descriptors descriptors) {
        MutatedClasses classes = (MutatedClasses) MutatedRules.class.getClassLoader();
        return Subject.of(provider).withDescriptors(descriptors).withPatience(classes.patience());
    }

    private static Subject subject(FakeKernel kernel) {
        return subject(kernel.provider(), kernel);
    }

    static class OnReadiness extends OperationRules {

        @Override
        protected Subject newSubject() {
            return subject(FakeKernel.create());
        }
    }

    static class ByTheKernel extends OperationRules {

        @Override
        protected Subject newSubject() {
            return subject(FakeKernel.builder().operations().build());
        }
    }

    /** By one that goes on while no one waits. */
    @EnabledIf("dev.pollux.ffm.IoUringOnly#isHere")
    static class ByIoUring extends OperationRules {

        @Override
        protected Subject newSubject() {
            return subject(new IoUringBackendProvider(), new LibcDescriptors());
        }
    }
}
