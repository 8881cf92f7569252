package dev.pollux.tck.mutants;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.pollux.loop.EventLoop;
import dev.pollux.operation.Operation;
import dev.pollux.operation.Operations;
import dev.pollux.spi.Backend;
import dev.pollux.spi.BackendProvider;
import dev.pollux.spi.Submission;
import dev.pollux.tck.fake.FakeKernel;
import dev.pollux.tck.fake.FakeSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A submission that fails leaves neither the operation in flight nor the loop without what follows. */
@Timeout(30)
class FailingSubmissionsTest {

    private final FakeKernel kernel = FakeKernel.builder().operations().build();
    private final List<Operation> completed = new ArrayList<>();

    /** Has no memory for its first operation. */
    private static final class HasNoMemoryAtFirst extends OperationMutants.Operating {

        private boolean hasMemory;

        HasNoMemoryAtFirst(Backend sound) {
            super(sound);
        }

        @Override
        public boolean submit(Submission submission, long token) throws IOException {
            if (!hasMemory) {
                hasMemory = true;
                throw new OutOfMemoryError("no direct memory");
            }
            return super.submit(submission, token);
        }
    }

    private EventLoop loop(BackendProvider provider) throws IOException {
        return EventLoop.builder().backend(provider).open();
    }

    private void turnUntil(EventLoop loop, int count) throws IOException {
        while (completed.size() < count) {
            loop.runOnce(Duration.ofSeconds(10));
        }
    }

    @Test
    void anOperationForWhichThereIsNoMemoryFailsAndTheNextOneIsDone() throws IOException {
        try (EventLoop loop = loop(new MutatedProvider(kernel.provider(), HasNoMemoryAtFirst::new));
                FakeSource source = kernel.source()) {
            Operation receive = Operations.on(loop, source).operation(completed::add);
            source.makeReadable();

            receive.receiveEach();
            turnUntil(loop, 1);
            assertEquals(
                    "no direct memory",
                    assertThrows(OutOfMemoryError.class, receive::result).getMessage());

            receive.receive(ByteBuffer.allocateDirect(8));
            turnUntil(loop, 2);
            assertEquals(1, receive.result());
        }
    }

    @Test
    void whatTheKernelDoesNotDoIsDoneByTheLoop() throws IOException {
        kernel.operationFaults().unable(2);
        try (EventLoop loop = loop(kernel.provider());
                FakeSource source = kernel.source()) {
            Operations operations = Operations.on(loop, source);
            Operation send = operations.operation(completed::add);
            Operation receive = operations.operation(completed::add);
            source.makeReadable();

            receive.receive(ByteBuffer.allocateDirect(8));
            send.send(ByteBuffer.allocateDirect(5));
            turnUntil(loop, 2);

            assertEquals(1, receive.result());
            assertEquals(5, send.result());
        }
    }
}
