package dev.pollux.tck.fake;

import dev.pollux.tck.OperationRules;
import dev.pollux.tck.Subject;
import org.junit.jupiter.api.Nested;

class FakeOperationRulesTest {

    private static Subject subject(FakeKernel kernel) {
        return Subject.of(kernel.provider()).withDescriptors(kernel);
    }

    @Nested
    class OnReadiness extends OperationRules {

        @Override
        protected Subject newSubject() {
            return subject(FakeKernel.create());
        }
    }

    @Nested
    class ByTheKernel extends OperationRules {

        @Override
        protected Subject newSubject() {
            return subject(FakeKernel.builder().operations().build());
        }
    }

    @Nested
    class ByAKernelThatMoves700BytesAtATime extends OperationRules {

        @Override
        protected Subject newSubject() {
            FakeKernel kernel = FakeKernel.builder().operations().build();
            kernel.operationFaults().shortCounts(700);
            return subject(kernel);
        }
    }

    @Nested
    class ByAKernelWithEveryFault extends OperationRules {

        @Override
        protected Subject newSubject() {
            FakeKernel kernel = FakeKernel.builder().operations().build();
            kernel.operationFaults().atRandom(1);
            return subject(kernel);
        }
    }
}
