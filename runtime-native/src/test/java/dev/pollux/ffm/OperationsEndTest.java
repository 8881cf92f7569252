package dev.pollux.ffm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.pollux.ffm.file.NativePipe;
import dev.pollux.loop.EventLoop;
import dev.pollux.operation.Operation;
import dev.pollux.operation.Operations;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;

/** What the kernel has done by the end of a loop is not lost. */
@EnabledIf("dev.pollux.ffm.IoUringOnly#isHere")
@Timeout(30)
class OperationsEndTest {

    private final List<Operation> completed = new ArrayList<>();

    @Test
    void whatTheKernelHasDoneByTheEndOfTheLoopComesWithItsOutcome() throws IOException {
        ByteBuffer bytes = ByteBuffer.allocateDirect(5);
        try (NativePipe pipe = NativePipe.open()) {
            EventLoop loop = EventLoop.open("io_uring");
            Operation send = Operations.on(loop, pipe.writer()).operation(completed::add);
            send.send(bytes);
            loop.close();

            assertEquals(List.of(send), completed);
            assertEquals(5, send.result());
            assertEquals(5, pipe.reader().read(ByteBuffer.allocateDirect(10)));
        }
    }

    @Test
    void whatItHasNotDoneEndsWithTheLoop() throws IOException {
        try (NativePipe pipe = NativePipe.open()) {
            EventLoop loop = EventLoop.open("io_uring");
            Operations operations = Operations.on(loop, pipe.reader());
            Operation first = operations.operation(completed::add);
            Operation second = operations.operation(completed::add);
            first.receive(ByteBuffer.allocateDirect(1));
            second.receive(ByteBuffer.allocateDirect(1));
            loop.close();

            assertEquals(List.of(first, second), completed);
            assertThrows(AsynchronousCloseException.class, first::result);
            assertThrows(AsynchronousCloseException.class, second::result);
        }
    }
}
