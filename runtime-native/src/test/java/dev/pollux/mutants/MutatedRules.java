package dev.pollux.mutants;

import dev.pollux.tck.OperationRules;
import dev.pollux.tck.Subject;
import dev.pollux.tck.fake.FakeKernel;

/** The rules of operations on the kernel in memory, as {@link MutatedClasses} loads them: in both ways to do operations. */
final class MutatedRules {

    private MutatedRules() {}

    private static Subject subject(FakeKernel kernel) {
        MutatedClasses classes = (MutatedClasses) MutatedRules.class.getClassLoader();
        return Subject.of(kernel.provider()).withDescriptors(kernel).withPatience(classes.patience());
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
}
