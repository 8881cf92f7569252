package dev.pollux.ffm.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.ffm.file.TcpListener;
import dev.pollux.ffm.sys.Errno;
import dev.pollux.ffm.sys.TestLibc;
import dev.pollux.spi.BackendOptions;
import dev.pollux.spi.CompletionBackend;
import dev.pollux.spi.Submission.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** Operations on listeners and connections, and those that stay. */
@EnabledIf("dev.pollux.ffm.IoUringOnly#isHere")
class IoUringStreamsTest extends OperationsBench {

    private static final int BUFFERS = 4;
    private static final int BUFFER_BYTES = 8;

    @Override
    CompletionBackend newBackend() throws IOException {
        return IoUringBackend.open(BackendOptions.defaults().withLentBuffers(BUFFERS, BUFFER_BYTES));
    }

    private static TcpListener listener() throws IOException {
        return TcpListener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    private int accepted(int fd) {
        assertEquals(TestLibc.FD_CLOEXEC, TestLibc.fcntl(tracked(fd), TestLibc.F_GETFD, 0));
        assertTrue((TestLibc.fcntl(fd, TestLibc.F_GETFL, 0) & TestLibc.O_NONBLOCK) != 0);
        return fd;
    }

    @Test
    void anAcceptWaitsInTheKernelForAConnection() throws IOException {
        try (TcpListener listener = listener()) {
            submit(Kind.ACCEPT, listener.fd(), TOKEN);
            assertEquals(List.of(), poll());

            try (SocketChannel client = SocketChannel.open(listener.localAddress())) {
                Completed completed = await().get(0);
                assertEquals(new Completed(TOKEN, completed.result(), 0), completed);
                int fd = accepted(completed.result());

                client.write(ByteBuffer.wrap(new byte[] {1, 2}));
                submit(Kind.RECEIVE, fd, room(4), TOKEN);
                assertEquals(List.of(done(TOKEN, 2)), await());
            }
        }
    }

    @Test
    void oneAcceptTakesConnectionAfterConnectionUntilItIsCancelled() throws IOException {
        try (TcpListener listener = listener()) {
            submit(Kind.ACCEPT_EACH, listener.fd(), TOKEN);
            Set<Integer> fds = new HashSet<>();
            List<SocketChannel> clients = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                clients.add(SocketChannel.open(listener.localAddress()));
                Completed completed = await().get(0);
                assertTrue(completed.goesOn() && !completed.isLent(), completed::toString);
                fds.add(accepted(completed.result()));
            }
            assertEquals(10, fds.size());

            backend.cancel(TOKEN);

            assertEquals(List.of(done(TOKEN, CompletionBackend.CANCELLED)), await());
            clients.add(SocketChannel.open(listener.localAddress()));
            assertEquals(List.of(), poll());
            for (SocketChannel client : clients) {
                client.close();
            }
        }
    }

    @Test
    void aConnectionThatIsResetFailsTheReceive() throws IOException {
        try (TcpListener listener = listener();
                SocketChannel client = SocketChannel.open(listener.localAddress())) {
            submit(Kind.ACCEPT, listener.fd(), TOKEN);
            int fd = accepted(await().get(0).result());
            submit(Kind.RECEIVE, fd, room(4), TOKEN);
            poll();

            client.setOption(StandardSocketOptions.SO_LINGER, 0);
            client.socket().close();

            int result = await().get(0).result();
            String message =
                    String.valueOf(backend.failure(Kind.RECEIVE, fd, result).getMessage());
            assertTrue(message.startsWith("recv on fd " + fd + ": ECONNRESET, the peer reset"), message);
        }
    }

    @Test
    void whatArrivesIsReceivedIntoLentBuffersUntilTheEnd() throws IOException {
        int[] sockets = sockets();
        submit(Kind.RECEIVE_EACH, sockets[0], TOKEN);
        for (int round = 0; round < 10 * BUFFERS; round++) {
            String text = "n " + round;
            TestLibc.write(sockets[1], text);

            Completed completed = await().get(0);

            assertTrue(completed.goesOn() && completed.isLent(), completed::toString);
            ByteBuffer lent = backend.lent(completed.number());
            assertEquals(0, lent.position());
            assertEquals(BUFFER_BYTES, lent.limit());
            assertEquals(text, text(lent, 0, completed.result()));
            backend.giveBack(completed.number());
        }
        close(sockets[1]);

        assertEquals(List.of(done(TOKEN, 0)), await());
    }

    @Test
    void beforeLinux60WhatStaysEndsWithItsFirstPartAndIsSubmittedAnew() throws IOException {
        BackendOptions few = BackendOptions.defaults().withLentBuffers(BUFFERS, BUFFER_BYTES);
        replaceBackend(IoUringBackend.open(few, Ring.Size.USUAL, false));
        int[] sockets = sockets();
        for (int round = 0; round < 10 * BUFFERS; round++) {
            submit(Kind.RECEIVE_EACH, sockets[0], TOKEN);
            String text = "n " + round;
            TestLibc.write(sockets[1], text);

            Completed completed = await().get(0);

            assertTrue(!completed.goesOn() && completed.isLent(), completed::toString);
            assertEquals(text, text(backend.lent(completed.number()), 0, completed.result()));
            backend.giveBack(completed.number());
        }
    }

    @Test
    void withEveryBufferOutNothingIsReceivedUntilOneIsGivenBack() throws IOException {
        int[] sockets = sockets();
        submit(Kind.RECEIVE_EACH, sockets[0], TOKEN);
        String sent = "abcdefgh".repeat(BUFFERS) + "ij";
        TestLibc.write(sockets[1], sent);

        List<Completed> all = await(BUFFERS + 1);

        Completed last = all.get(BUFFERS);
        assertEquals(done(TOKEN, CompletionBackend.NO_BUFFERS), last);
        StringBuilder received = new StringBuilder();
        Set<Integer> numbers = new HashSet<>();
        for (Completed part : all.subList(0, BUFFERS)) {
            numbers.add(part.number());
            received.append(text(backend.lent(part.number()), 0, part.result()));
        }
        assertEquals(BUFFERS, numbers.size());

        backend.giveBack(all.get(2).number());
        submit(Kind.RECEIVE_EACH, sockets[0], TOKEN);
        Completed rest = await().get(0);

        assertEquals(all.get(2).number(), rest.number());
        received.append(text(backend.lent(rest.number()), 0, rest.result()));
        assertEquals(sent, received.toString());
    }

    @Test
    void aBufferIsGivenBackOnce() throws IOException {
        int[] sockets = sockets();
        submit(Kind.RECEIVE_EACH, sockets[0], TOKEN);
        TestLibc.write(sockets[1], "a");
        int number = await().get(0).number();

        backend.giveBack(number);

        assertThrows(IllegalStateException.class, () -> backend.giveBack(number));
    }

    @Test
    void aCancelledReceiveThatStaysKeepsNoBuffer() throws IOException {
        int[] sockets = sockets();
        for (int round = 0; round < 3 * BUFFERS; round++) {
            submit(Kind.RECEIVE_EACH, sockets[0], TOKEN);
            assertEquals(List.of(), poll());
            backend.cancel(TOKEN);
            assertEquals(List.of(done(TOKEN, CompletionBackend.CANCELLED)), await());
        }
        TestLibc.write(sockets[1], "abcdefgh".repeat(BUFFERS));
        submit(Kind.RECEIVE_EACH, sockets[0], TOKEN);

        assertEquals(
                BUFFERS,
                await(BUFFERS).stream()
                        .filter(Completed::isLent)
                        .map(Completed::number)
                        .distinct()
                        .count());
    }

    @Test
    void severalConnectionsShareTheBuffers() throws IOException {
        int[] one = sockets();
        int[] other = sockets();
        submit(Kind.RECEIVE_EACH, one[0], TOKEN);
        submit(Kind.RECEIVE_EACH, other[0], OTHER);
        poll();

        TestLibc.write(one[1], "1");
        TestLibc.write(other[1], "22");

        List<Completed> both = await(2);
        for (Completed completed : both) {
            String expected = completed.token() == TOKEN ? "1" : "22";
            assertEquals(expected, text(backend.lent(completed.number()), 0, completed.result()));
        }
        assertFalse(both.get(0).number() == both.get(1).number());
    }

    @Test
    void oneConnectionMakesNoMoreBuffersAndManyDo() throws IOException {
        replaceBackend(IoUringBackend.open(BackendOptions.defaults().withLentBuffers(1024, BUFFER_BYTES)));
        int[] fast = sockets();
        String sent = "abcdefgh".repeat(200);
        submit(Kind.RECEIVE_EACH, fast[0], TOKEN);
        TestLibc.write(fast[1], sent);
        List<Completed> first = await(129);
        assertEquals(done(TOKEN, CompletionBackend.NO_BUFFERS), first.get(128));

        for (int i = 0; i < 200; i++) {
            submit(Kind.RECEIVE_EACH, sockets()[0], OTHER + i);
        }
        List<Completed> starved = await(200);
        assertTrue(starved.stream().allMatch(each -> each.result() == CompletionBackend.NO_BUFFERS), starved::toString);

        submit(Kind.RECEIVE_EACH, fast[0], TOKEN);
        List<Completed> rest = await(72);
        assertEquals(
                72,
                rest.stream()
                        .filter(Completed::isLent)
                        .map(Completed::number)
                        .distinct()
                        .count());
    }

    @Test
    void aLackOfMemoryIsNoLackOfBuffers() {
        String message =
                String.valueOf(backend.failure(Kind.SEND, 7, -Errno.ENOBUFS).getMessage());

        assertTrue(message.startsWith("send on fd 7: ENOBUFS, "), message);
    }

    @Test
    void aWakeupEndsAWaitWithOperationsInFlight() throws IOException {
        int[] sockets = sockets();
        submit(Kind.RECEIVE, sockets[0], room(4), TOKEN);
        backend.wakeup();

        backend.await(Long.MAX_VALUE, sink);

        assertEquals(List.of(), seen);
        assertEquals(List.of(), readies);
    }
}
