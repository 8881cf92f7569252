package dev.pollux.tck.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.tck.Subject;
import dev.pollux.tck.fake.FakeKernel;
import dev.pollux.tck.model.OperationStep.Kind;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Histories in which a single completion can go wrong, on a kernel for which a cancel comes too late if it can. */
class OperationHistoryRunnerTest {

    private static final OperationStep TURN = new OperationStep.Turn();

    private static OperationStep send(int bytes, int limitMillis) {
        return new OperationStep.Begin(Kind.SEND, 0, bytes, limitMillis, 0);
    }

    private static void play(FakeKernel kernel, OperationStep... history) throws IOException {
        new OperationHistoryRunner(Subject.of(kernel.provider()).withDescriptors(kernel)).play(List.of(history));
        assertEquals(0, kernel.openDescriptors());
    }

    private static FakeKernel operating() {
        FakeKernel kernel = FakeKernel.builder().operations().build();
        kernel.operationFaults().lateCancels(true);
        return kernel;
    }

    @Test
    void aSendThatIsDoneAtOnceCompletesAfterTheOneBefore() throws IOException {
        play(FakeKernel.create(), send(65_537, 0), send(0, 0), new OperationStep.Cancel(0), TURN);
    }

    @Test
    void aSendThatIsDoneAtOnceCompletesAfterTheOneThatASwapBeginsAnew() throws IOException {
        play(FakeKernel.builder().operations().build(), send(1, 0), send(0, 0), new OperationStep.Swap(true), TURN);
    }

    @Test
    void whatTheKernelHasDoneBeforeASwapIsKnownAtTheEndOfTheLoop() throws IOException {
        play(operating(), send(1, 0), new OperationStep.Swap(true));
    }

    @Test
    void aLimitSaysWhatTheKernelHasMovedUntilItNoticed() throws IOException {
        play(operating(), send(65_537, 1), new OperationStep.Pass(2), TURN);
    }

    @Test
    void stepsReadAsCalls() {
        assertEquals(
                "[receive(2a, 7 bytes, within 3 ms, and in its completion 2 more), receiveEach(0b), send(0a, 1 bytes), "
                        + "cancel(number 1 of those in flight), pass(2 ms), endOutput(1a), close(1b), turn(), settle(), "
                        + "swap(readiness only), swap()]",
                List.of(
                                new OperationStep.Begin(Kind.RECEIVE, 4, 7, 3, 2),
                                new OperationStep.Begin(Kind.RECEIVE_EACH, 1, 0, 0, 0),
                                send(1, 0),
                                new OperationStep.Cancel(1),
                                new OperationStep.Pass(2),
                                new OperationStep.EndOutput(2),
                                new OperationStep.Close(3),
                                TURN,
                                new OperationStep.Settle(),
                                new OperationStep.Swap(true),
                                new OperationStep.Swap(false))
                        .toString());
    }
}
