package dev.pollux.ffm.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Events;
import dev.pollux.NativeIOException;
import dev.pollux.ffm.file.TcpListener;
import dev.pollux.ffm.file.TcpStream;
import dev.pollux.ffm.sys.Errno;
import dev.pollux.ffm.sys.Faults;
import dev.pollux.ffm.sys.TestLibc;
import dev.pollux.spi.CompletionBackend;
import dev.pollux.spi.Submission.Kind;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** Ends in all ways: what the kernel holds is given back, and not before it is done with it. */
@EnabledIf("dev.pollux.ffm.IoUringOnly#isHere")
class IoUringCloseTest extends OperationsBench {

    @Test
    void closingEndsWhatIsInFlightAndNothingIsWrittenAfterwards() throws IOException {
        List<ByteBuffer> buffers = List.of(room(4), room(4), room(4));
        int[] sockets = sockets();
        int[] pipe = pipe();
        submit(Kind.RECEIVE, sockets[0], buffers.get(0), 1);
        submit(Kind.READ, pipe[0], buffers.get(1), 2);
        submit(Kind.RECEIVE_EACH, sockets()[0], 3);
        poll();
        submit(Kind.RECEIVE, sockets[0], buffers.get(2), 4); // the kernel has not learnt of it yet
        List<String> mappings = mappings();
        int rings = open("anon_inode:[io_uring]").size();

        closeBackend();

        TestLibc.write(sockets[1], "abcdefgh");
        TestLibc.write(pipe[1], "abcd");
        assertEquals(8, TestLibc.read(sockets[0]));
        assertEquals(4, TestLibc.read(pipe[0]));
        for (ByteBuffer buffer : buffers) {
            assertEquals(room(4), buffer);
        }
        // Others may be there, of selectors that no one has closed.
        assertEquals(mappings.size() - 2, mappings().size());
        assertEquals(rings - 1, open("anon_inode:[io_uring]").size());
    }

    @Test
    void aSocketWhoseOperationEndedByTheCloseIsClosedForItsPeer() throws IOException {
        int[] sockets = sockets();
        submit(Kind.RECEIVE, sockets[0], room(4), TOKEN);
        poll();

        closeBackend();
        close(sockets[0]);

        assertEquals(0, TestLibc.read(sockets[1]), "the end");
    }

    @Test
    void acceptedConnectionsThatNoOneTakesAreClosed() throws IOException {
        Map<Integer, String> before = open("socket:");
        try (TcpListener listener = TcpListener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            submit(Kind.ACCEPT, listener.fd(), 1);
            submit(Kind.ACCEPT_EACH, listener.fd(), 2);
            poll();
            try (SocketChannel one = SocketChannel.open(listener.localAddress());
                    SocketChannel other = SocketChannel.open(listener.localAddress());
                    SocketChannel third = SocketChannel.open(listener.localAddress())) {
                closeBackend();

                for (SocketChannel client : List.of(one, other)) {
                    assertEquals(-1, client.read(ByteBuffer.allocate(1)), "the end");
                }
                third.configureBlocking(false);
                try (TcpStream waiting = listener.accept()) {
                    // Either the kernel accepted all three before the close, or one still waits.
                    assertEquals(waiting == null ? -1 : 0, third.read(ByteBuffer.allocate(1)));
                }
            }
        }
        Map<Integer, String> after = open("socket:");
        after.keySet().removeAll(before.keySet());
        assertTrue(after.isEmpty(), after::toString);
    }

    @Test
    void operationsOfAThreadThatHasEndedAreReportedAsCancelledOrDone() throws Exception {
        int[] sockets = sockets();
        int[] others = sockets();
        FutureTask<Boolean> task = new FutureTask<>(() -> {
            submit(Kind.RECEIVE, sockets[0], room(4), TOKEN);
            submit(Kind.RECEIVE, others[0], room(4), OTHER);
            return poll().isEmpty();
        });
        Thread thread = new Thread(task);
        thread.start();
        thread.join();
        assertTrue(task.get());

        TestLibc.write(sockets[1], "abc");

        Completed first = await().get(0);
        assertEquals(TOKEN, first.token());
        if (first.result() == CompletionBackend.CANCELLED) {
            submit(Kind.RECEIVE, sockets[0], room(4), TOKEN);
            first = await().get(0);
        }
        assertEquals(done(TOKEN, 3), first);
        backend.cancel(OTHER);
        assertEquals(List.of(done(OTHER, CompletionBackend.CANCELLED)), await());
    }

    @Test
    void aBackendWhoseThreadHasEndedClosesFromAnother() throws Exception {
        int[] sockets = sockets();
        Thread thread = new Thread(() -> {
            try {
                submit(Kind.RECEIVE, sockets[0], room(4), TOKEN);
                poll();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        thread.start();
        thread.join();

        closeBackend();

        TestLibc.write(sockets[1], "abc");
        assertEquals(3, TestLibc.read(sockets[0]));
    }

    @Test
    void aForgottenBufferStaysAsLongAsItsOperation() throws IOException {
        int[] sockets = sockets();
        WeakReference<ByteBuffer> forgotten = receiveIntoForgotten(sockets[0]);
        poll();

        System.gc();
        assertTrue(forgotten.get() != null);
        TestLibc.write(sockets[1], "a");
        assertEquals(List.of(done(TOKEN, 1)), await());

        long deadline = System.nanoTime() + SOON.toNanos();
        while (forgotten.get() != null && System.nanoTime() - deadline < 0) {
            System.gc();
        }
        assertNull(forgotten.get());
    }

    private WeakReference<ByteBuffer> receiveIntoForgotten(int fd) throws IOException {
        ByteBuffer buffer = room(4);
        submit(Kind.RECEIVE, fd, buffer, TOKEN);
        return new WeakReference<>(buffer);
    }

    @Test
    void aForgottenBackendKeepsTheBuffersThatTheKernelMayWriteTo() throws IOException {
        int[] sockets = sockets();
        WeakReference<ByteBuffer> buffer = receiveIntoForgotten(sockets[0]);
        poll();
        try (Faults faults = Faults.refusingAll("io_uring_enter", Errno.EBADF)) {
            closeBackend();
            assertTrue(faults.struck());
        }
        backend = newBackend();

        System.gc();

        assertTrue(buffer.get() != null, "the kernel may not be done with it");
    }

    @Test
    void aWaitThatFailsLosesNothing() throws IOException {
        int[] sockets = sockets();
        TestLibc.write(sockets[1], "abc");
        submit(Kind.RECEIVE, sockets[0], room(4), TOKEN);

        try (Faults faults = Faults.refusingAll("io_uring_enter", Errno.ENOMEM)) {
            assertThrows(NativeIOException.class, this::poll);
            assertTrue(faults.struck());
        }

        assertEquals(List.of(done(TOKEN, 3)), await());
    }

    @Test
    void aWaitThatFailsAfterItReportedReportsTheFailureNextTime() throws IOException {
        int[] sockets = sockets();
        TestLibc.write(sockets[1], "abc");
        submit(Kind.RECEIVE, sockets[0], room(4), TOKEN);
        backend.add("a source", sockets[1], Events.WRITE, OTHER); // submits what is there

        try (Faults faults = Faults.refusingAll("io_uring_enter", Errno.ENOMEM)) {
            assertEquals(List.of(done(TOKEN, 3)), poll());
            assertThrows(NativeIOException.class, this::poll);
            assertTrue(faults.struck());
        }
    }

    @Test
    void aSignalInAWaitLosesNothing() throws IOException {
        int[] sockets = sockets();
        TestLibc.write(sockets[1], "abc");
        submit(Kind.RECEIVE, sockets[0], room(4), TOKEN);

        try (Faults faults = Faults.refusing("io_uring_enter", 1, Errno.EINTR)) {
            assertEquals(List.of(done(TOKEN, 3)), await());
            assertTrue(faults.struck());
        }
    }

    @Test
    void buffersThatCannotBeLentFailTheSubmissionAndNothingElse() throws IOException {
        int[] sockets = sockets();
        try (Faults faults = Faults.refusingAll("io_uring_register", Errno.ENOMEM)) {
            NativeIOException failure =
                    assertThrows(NativeIOException.class, () -> submit(Kind.RECEIVE_EACH, sockets[0], TOKEN));
            assertEquals("ENOMEM", failure.errnoName());
            assertTrue(faults.struck());
        }

        TestLibc.write(sockets[1], "abc");
        submit(Kind.RECEIVE_EACH, sockets[0], TOKEN);

        assertEquals(3, await().get(0).result());
    }

    /** Returns the memory that this process shares with rings. */
    private static List<String> mappings() throws IOException {
        try (var lines = Files.lines(Path.of("/proc/self/maps"))) {
            return lines.filter(line -> line.endsWith("[io_uring]")).toList();
        }
    }
}
