package dev.pollux.ffm.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import dev.pollux.ffm.Children;
import dev.pollux.ffm.sys.TestLibc;
import dev.pollux.spi.BackendOptions;
import dev.pollux.spi.CompletionBackend;
import dev.pollux.spi.EventSink;
import dev.pollux.spi.Submission;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;

/**
 * Once compiled, an operation allocates nothing from its submission to its completion. In a JVM of its own: in this one faults
 * can be injected into each call, and to be injected they need the arguments as objects.
 */
@Tag("allocation")
@EnabledIf("dev.pollux.ffm.IoUringOnly#isHere")
@Timeout(120)
class OperationAllocationTest {

    private static final int TURNS = 2_000;

    /** Until the compiler has come round; one without allocation is enough. */
    private static final int ROUNDS = 200;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Test
    void operationsAllocateNothing() throws IOException {
        ProcessBuilder child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        OperationAllocationTest.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT);

        assertEquals("""
                echo 0
                cancel 0
                lent 0
                """, Children.output(child));
    }

    /** Prints how many bytes each kind allocates per turn in its best round. */
    public static void main(String[] args) throws Exception {
        try (Echo echo = new Echo()) {
            print("echo", echo::turn);
            print("cancel", echo::cancel);
            print("lent", echo::lent);
        }
    }

    private static void print(String kind, Turn turn) throws IOException {
        long bytes = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS && bytes / TURNS != 0; round++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < TURNS; i++) {
                turn.run();
            }
            bytes = THREADS.getCurrentThreadAllocatedBytes() - before;
        }
        System.out.println(kind + " " + bytes / TURNS);
    }

    @FunctionalInterface
    private interface Turn {

        void run() throws IOException;
    }

    /** Two sockets, each with an operation. */
    private static final class Echo implements EventSink, AutoCloseable {

        private final CompletionBackend backend = IoUringBackend.open(BackendOptions.defaults());
        private final Submission submission = new Submission();
        private final int[] sockets = TestLibc.socketpair();
        private final ByteBuffer in = ByteBuffer.allocateDirect(64);
        private final ByteBuffer out = ByteBuffer.allocateDirect(64);
        private int completed;
        private int lastResult;

        Echo() throws IOException {}

        void turn() throws IOException {
            submit(Submission.Kind.RECEIVE, sockets[0], in, 0);
            submit(Submission.Kind.SEND, sockets[1], out, 1);
            await(2);
        }

        void cancel() throws IOException {
            submit(Submission.Kind.RECEIVE, sockets[0], in, 0);
            backend.cancel(0);
            await(1);
            if (lastResult != CompletionBackend.CANCELLED) {
                throw new AssertionError(lastResult);
            }
        }

        void lent() throws IOException {
            submit(Submission.Kind.RECEIVE_EACH, sockets[0], null, 2);
            submit(Submission.Kind.SEND, sockets[1], out, 1);
            await(2);
            backend.cancel(2);
            await(1);
        }

        private void submit(Submission.Kind kind, int fd, ByteBuffer buffer, long token) throws IOException {
            submission.kind = kind;
            submission.fd = fd;
            submission.buffer = buffer;
            submission.position = 0;
            submission.length = buffer == null ? 0 : buffer.capacity();
            while (!backend.submit(submission, token)) {
                backend.flush();
            }
        }

        private void await(int count) throws IOException {
            completed = 0;
            while (completed < count) {
                backend.await(Long.MAX_VALUE, this);
            }
        }

        @Override
        public void ready(long token, int ready) {
            throw new AssertionError(token);
        }

        @Override
        public void completed(long token, int result, int flags) {
            completed++;
            lastResult = result;
            if ((flags & CompletionBackend.LENT) != 0) {
                if (backend.lent(flags >>> 16).limit() < result) {
                    throw new AssertionError(result);
                }
                backend.giveBack(flags >>> 16);
            }
        }

        @Override
        public void close() {
            backend.close();
            TestLibc.close(sockets[0]);
            TestLibc.close(sockets[1]);
        }
    }
}
