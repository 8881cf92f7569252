package dev.pollux.tck.fake;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.tck.OperationProperties;
import dev.pollux.tck.Subject;
import java.time.Duration;
import net.jqwik.api.Group;
import net.jqwik.api.lifecycle.AfterTry;

@SuppressWarnings("ClassCanBeStatic") // Groups are not.
class FakeOperationPropertiesTest {

    /** Has a kernel whose descriptors are counted too. */
    abstract static class OnKernel extends OperationProperties {

        private final FakeKernel kernel;

        OnKernel(FakeKernel kernel) {
            this.kernel = kernel;
        }

        @Override
        protected Subject newSubject() {
            return Subject.of(kernel.provider()).withDescriptors(kernel).withPatience(Duration.ofSeconds(1));
        }

        @AfterTry
        void checkDescriptors() {
            assertEquals(0, kernel.openDescriptors(), "descriptors that are open after a history");
        }
    }

    private static FakeKernel operating() {
        return FakeKernel.builder().operations().build();
    }

    private static FakeKernel movingAtMost700() {
        FakeKernel kernel = operating();
        kernel.operationFaults().shortCounts(700);
        return kernel;
    }

    private static FakeKernel withEveryFault() {
        FakeKernel kernel = operating();
        kernel.operationFaults().atRandom(1);
        return kernel;
    }

    @Group
    class OnReadiness extends OnKernel {

        OnReadiness() {
            super(FakeKernel.create());
        }
    }

    @Group
    class ByTheKernel extends OnKernel {

        ByTheKernel() {
            super(operating());
        }
    }

    @Group
    class ByAKernelThatMoves700BytesAtATime extends OnKernel {

        ByAKernelThatMoves700BytesAtATime() {
            super(movingAtMost700());
        }
    }

    @Group
    class ByAKernelWithEveryFault extends OnKernel {

        ByAKernelWithEveryFault() {
            super(withEveryFault());
        }
    }
}
