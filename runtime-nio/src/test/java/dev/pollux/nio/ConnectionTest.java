package dev.pollux.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.stream.Connection;
import dev.pollux.stream.ConnectionHandler;
import dev.pollux.stream.StreamOptions;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One connection over a socket, a turn at a time. */
@Timeout(60)
class ConnectionTest extends StreamFixture {

    private static final int MEGABYTES = 12 << 20;

    private final List<String> calls = new ArrayList<>();
    private final List<Throwable> reasons = new ArrayList<>();
    private SocketChannel near;
    private SocketChannel far;

    @BeforeEach
    void connect() throws IOException {
        SocketChannel[] pair = pair();
        near = pair[0];
        far = pair[1];
    }

    /** Notes what it is called for, and echoes. */
    private class Noting implements ConnectionHandler {

        @Override
        public void onReceive(Connection connection, ByteBuffer bytes) throws IOException {
            connection.send(bytes);
        }

        @Override
        public void onHighWater(Connection connection) {
            calls.add("high");
        }

        @Override
        public void onLowWater(Connection connection) {
            calls.add("low");
        }

        @Override
        public void onClosed(Connection connection, Throwable reason) {
            assertFalse(near.isOpen(), "the stream is closed by then");
            calls.add("closed");
            reasons.add(reason);
        }
    }

    private Connection open(ConnectionHandler handler) throws IOException {
        return open(StreamOptions.defaults(), handler);
    }

    private Connection open(StreamOptions options, ConnectionHandler handler) throws IOException {
        return Connection.open(loop, near, options, connection -> handler);
    }

    private boolean isClosed() {
        return calls.contains("closed");
    }

    @Test
    void anEchoIsOneMethod() throws IOException {
        open(Connection::send);
        far.write(bytes("hello"));
        assertEquals("hello", receive(far, 5));
        far.shutdownOutput();
        assertEquals("", receive(far, 1));
        turnUntil(() -> !near.isOpen());
        assertEquals(0, loop.registered());
    }

    @Test
    void aPeerThatDoesNotReadCostsNoMoreThanTheHighWaterMark() throws IOException {
        Connection connection = open(new Noting());
        int taken = flood(far, MEGABYTES);
        assertTrue(taken < MEGABYTES, "everything was taken");
        long most = StreamOptions.defaults().highWater() + 64 * 1024;
        assertTrue(connection.queued() <= most, () -> "holds " + connection.queued());
        assertTrue(connection.queued() > StreamOptions.defaults().highWater());
        assertEquals(List.of("high"), calls);

        assertEquals(taken, receive(far, taken).length());
        settle();
        assertEquals(0, connection.queued());
        assertEquals(List.of("high", "low"), calls.subList(0, 2));
        far.write(bytes("again"));
        assertEquals("again", receive(far, 5), "receiving goes on");
    }

    @Test
    void eachCrossingOfAWaterMarkIsReportedOnce() throws IOException {
        StreamOptions options = StreamOptions.defaults().waterMarks(10_000, 100_000);
        Connection connection = open(options, new Noting());
        int sent = fillKernel(connection);
        for (int round = 1; round <= 3; round++) {
            int before = calls.size();
            while (connection.queued() <= 300_000) {
                connection.send(direct(30_000));
                sent += 30_000;
            }
            assertEquals(List.of("high"), calls.subList(before, calls.size()));
            sent -= receive(far, sent).length();
            assertEquals(0, sent);
            settle();
            assertEquals(List.of("high", "low"), calls.subList(before, calls.size()));
            sent += fillKernel(connection);
        }
    }

    /** Sends until something waits. Returns how much was sent. */
    private int fillKernel(Connection connection) {
        int sent = 0;
        while (connection.queued() == 0) {
            connection.send(direct(50_000));
            sent += 50_000;
        }
        return sent;
    }

    @Test
    void receivingGoesOnAboveTheHighWaterMarkIfTheOptionsSaySo() throws IOException {
        StreamOptions options = StreamOptions.defaults().pauseAboveHighWater(false);
        Connection connection = open(options, new Noting());
        int taken = flood(far, MEGABYTES);
        assertEquals(MEGABYTES, taken);
        assertTrue(connection.queued() > StreamOptions.defaults().highWater() * 10);
        assertEquals(taken, receive(far, taken).length());
    }

    @Test
    void aConnectionForWhichTooMuchWouldWaitIsClosed() throws IOException {
        Connection connection = open(StreamOptions.defaults().queueLimit(200_000), new Noting());
        boolean taken = true;
        for (int i = 0; taken; i++) {
            assertTrue(i < 10_000, "everything is taken");
            taken = connection.send(direct(10_000));
            assertTrue(connection.queued() <= 200_000);
        }
        assertFalse(connection.isOpen());
        turnUntil(this::isClosed);
        assertTrue(
                reasons.get(0).getMessage().contains("200000"),
                () -> reasons.get(0).toString());
        assertFalse(connection.send(bytes("late")));
    }

    @Test
    void whatIsSentIsTheCallersAtOnceAndArrivesInOrder() throws IOException {
        Connection connection = open(new Noting());
        ByteBuffer reused = ByteBuffer.allocate(1000);
        StringBuilder expected = new StringBuilder();
        for (int i = 0; i < 30_000; i++) {
            reused.clear();
            while (reused.hasRemaining()) {
                reused.put((byte) ('a' + i % 26));
            }
            reused.flip().limit(1 + i % 1000);
            expected.append(String.valueOf((char) ('a' + i % 26)).repeat(1 + i % 1000));
            assertTrue(connection.send(reused));
            assertFalse(reused.hasRemaining());
        }
        assertTrue(connection.queued() > 0);
        assertEquals(expected.toString(), receive(far, expected.length()));
    }

    @Test
    void aBufferThatIsTakenOverComesBackOnceItIsSent() throws IOException {
        Connection connection = open(new Noting());
        connection.send(bytes("before "));
        ByteBuffer large = direct(MEGABYTES);
        List<ByteBuffer> back = new ArrayList<>();
        assertTrue(connection.send(large, (from, buffer, failure) -> {
            assertNull(failure);
            assertFalse(buffer.hasRemaining());
            back.add(buffer);
        }));
        connection.send(bytes(" after"));
        settle();
        assertEquals(List.of(), back);
        String received = receive(far, MEGABYTES + 13);
        assertTrue(received.startsWith("before \0"));
        assertTrue(received.endsWith("\0 after"));
        turnUntil(() -> back.size() == 1);
        assertSame(large, back.get(0));
    }

    @Test
    void aBufferThatIsTakenOverComesBackWhenTheConnectionIsClosed() throws IOException {
        Connection connection = open(new Noting());
        ByteBuffer first = direct(MEGABYTES);
        ByteBuffer second = direct(1);
        List<ByteBuffer> back = new ArrayList<>();
        for (ByteBuffer each : List.of(first, second)) {
            connection.send(each, (from, buffer, failure) -> {
                assertInstanceOf(ClosedChannelException.class, failure);
                assertTrue(buffer.hasRemaining());
                assertFalse(isClosed(), "onClosed is the last call");
                back.add(buffer);
            });
        }
        settle();
        connection.close();
        assertEquals(List.of(), back, "not inside close");
        turnUntil(this::isClosed);
        assertEquals(2, back.size());
        assertSame(first, back.get(0));
        assertSame(second, back.get(1));
        assertFalse(connection.send(second, (from, buffer, failure) -> back.clear()));
        settle();
        assertEquals(2, back.size());
    }

    @Test
    void aBufferOnTheHeapIsNotTakenOver() throws IOException {
        Connection connection = open(new Noting());
        assertThrows(IllegalArgumentException.class, () -> connection.send(bytes("x"), (from, buffer, failure) -> {}));
    }

    @Test
    void thePeerMayEndItsOutputAndReadOn() throws IOException {
        Connection[] connection = new Connection[1];
        connection[0] = open(new Noting() {
            @Override
            public void onEnd(Connection ended) {
                calls.add("end");
            }
        });
        far.shutdownOutput();
        turnUntil(() -> calls.contains("end"));
        connection[0].send(bytes("still here"));
        assertEquals("still here", receive(far, 10));
        settle();
        assertEquals(List.of("end"), calls);

        connection[0].shutdownOutput();
        turnUntil(this::isClosed);
        assertEquals("", receive(far, 1));
        assertNull(reasons.get(0));
    }

    @Test
    void theOutputEndsAfterWhatWaitsAndReceivingGoesOn() throws IOException {
        StringBuilder received = new StringBuilder();
        Connection connection = open(new Noting() {
            @Override
            public void onReceive(Connection from, ByteBuffer bytes) {
                received.append(text(bytes));
            }
        });
        int sent = fillKernel(connection);
        connection.shutdownOutput();
        assertFalse(connection.send(bytes("late")));
        assertTrue(connection.isOpen());
        assertEquals(sent, receive(far, Integer.MAX_VALUE).length());
        far.write(bytes("answer"));
        turnUntil(() -> received.length() == 6);
        far.close();
        turnUntil(this::isClosed);
        assertNull(reasons.get(0));
    }

    @Test
    void aConnectionThatClosesWhenFlushedSendsMegabytesFirst() throws IOException {
        Connection connection = open(new Noting());
        ByteBuffer bytes = direct(MEGABYTES);
        connection.send(bytes);
        far.write(bytes("what is received meanwhile is dropped"));
        connection.closeWhenFlushed();
        assertFalse(connection.isOpen());
        assertFalse(connection.send(bytes("late")));
        settle();
        assertFalse(isClosed());
        assertEquals(MEGABYTES, receive(far, Integer.MAX_VALUE).length());
        settle();
        assertFalse(isClosed(), "the peer may still send, and would lose what it has not read");
        far.close();
        turnUntil(this::isClosed);
        assertNull(reasons.get(0));
    }

    @Test
    void whoSendsAgainstAClosingConnectionStillReadsEverything() throws IOException {
        Connection connection = open((from, bytes) -> {});
        connection.send(direct(1 << 20));
        connection.closeWhenFlushed();
        int sent = flood(far, MEGABYTES);
        assertEquals(MEGABYTES, sent, "what arrives is taken, so that the peer comes to read");
        assertEquals(1 << 20, receive(far, Integer.MAX_VALUE).length());
        far.close();
        turnUntil(() -> !near.isOpen());
    }

    @Test
    void lingeringHasALimit() throws IOException {
        Connection connection = open(StreamOptions.defaults().linger(Duration.ofSeconds(5)), new Noting());
        connection.closeWhenFlushed();
        assertEquals("", receive(far, 1));
        now += 4_999_999_999L;
        settle();
        assertFalse(isClosed());
        now += 1;
        turnUntil(this::isClosed);
        assertNull(reasons.get(0));
    }

    @Test
    void aResetIsTheReason() throws IOException {
        open(new Noting());
        reset(far);
        turnUntil(this::isClosed);
        assertInstanceOf(IOException.class, reasons.get(0));
        settle();
        assertEquals(List.of("closed"), calls);
        assertEquals(List.of(), failures);
        assertEquals(0, loop.registered());
    }

    @Test
    void aResetWhileBytesWaitIsTheReason() throws IOException {
        Connection connection = open(new Noting());
        connection.send(direct(MEGABYTES));
        settle();
        reset(far);
        turnUntil(this::isClosed);
        assertInstanceOf(IOException.class, reasons.get(0));
        assertEquals(0, connection.queued());
    }

    @Test
    void closingComesOnceAndNeverInsideTheCall() throws IOException {
        Connection connection = open(new Noting());
        connection.close();
        connection.close();
        connection.closeWhenFlushed();
        connection.shutdownOutput();
        assertEquals(List.of(), calls);
        turnUntil(this::isClosed);
        settle();
        assertEquals(List.of("closed"), calls);
        assertNull(reasons.get(0));
    }

    @Test
    void theEndOfTheLoopClosesAConnection() throws IOException {
        Connection connection = open(new Noting());
        connection.pauseReceiving();
        loop.runOnce(Duration.ZERO);
        loop.close();
        assertEquals(List.of("closed"), calls);
        assertInstanceOf(AsynchronousCloseException.class, reasons.get(0));
        assertFalse(near.isOpen());
        connection.close();
        assertFalse(connection.send(bytes("late")));
        assertEquals(List.of("closed"), calls);
    }

    @Test
    void aPausedConnectionReceivesNothingUntilItIsResumed() throws IOException {
        StringBuilder received = new StringBuilder();
        Connection connection = open((from, bytes) -> received.append(text(bytes)));
        connection.pauseReceiving();
        far.write(bytes("one"));
        settle();
        assertEquals("", received.toString());
        connection.resumeReceiving();
        connection.pauseReceiving();
        connection.resumeReceiving();
        turnUntil(() -> received.length() == 3);
        far.write(bytes("two"));
        turnUntil(() -> received.length() == 6);
        assertEquals("onetwo", received.toString());
    }

    @Test
    void anIdleConnectionIsClosedWhenItsTimeIsOverAndNotBefore() throws IOException {
        open(StreamOptions.defaults().idleTimeout(Duration.ofNanos(1000)), new Noting());
        for (int i = 0; i < 5; i++) {
            now += 900;
            settle();
            far.write(bytes("x"));
            assertEquals("x", receive(far, 1));
        }
        now += 999;
        settle();
        assertEquals(List.of(), calls);
        now += 1;
        turnUntil(this::isClosed);
        assertInstanceOf(SocketTimeoutException.class, reasons.get(0));
    }

    @Test
    void aTransferThatMovesIsNotIdle() throws IOException {
        Connection connection = open(StreamOptions.defaults().idleTimeout(Duration.ofNanos(1000)), new Noting());
        connection.send(direct(MEGABYTES), (from, buffer, failure) -> {});
        settle();
        for (int i = 0; i < 4; i++) {
            now += 999;
            settle();
            receive(far, 1 << 20);
            settle();
            assertEquals(List.of("high"), calls, "round " + i);
        }
        now += 1001;
        settle();
        now += 1001;
        turnUntil(this::isClosed);
        assertInstanceOf(SocketTimeoutException.class, reasons.get(0));
    }

    @Test
    void aClosedConnectionLeavesNoTimer() throws IOException {
        Connection connection = open(StreamOptions.defaults().idleTimeout(Duration.ofDays(1)), new Noting());
        connection.close();
        turnUntil(this::isClosed);
        now += Duration.ofDays(2).toNanos();
        assertFalse(loop.runOnce(Duration.ZERO), "a timer was left");
    }

    @Test
    void whatAHandlerThrowsClosesItsConnectionAndNoOther() throws IOException {
        RuntimeException wrong = new IllegalStateException("wrong");
        SocketChannel[] other = pair();
        Connection.open(loop, other[0], StreamOptions.defaults(), connection -> Connection::send);
        open(new Noting() {
            @Override
            public void onReceive(Connection connection, ByteBuffer bytes) {
                throw wrong;
            }
        });
        far.write(bytes("x"));
        turnUntil(this::isClosed);
        assertSame(wrong, reasons.get(0));
        assertEquals(1, failures.size());
        assertSame(wrong, failures.get(0).error());
        assertSame(near, failures.get(0).key().fileobj());

        other[1].write(bytes("fine"));
        assertEquals("fine", receive(other[1], 4));
    }

    @Test
    void anIoExceptionOfAHandlerIsTheReasonAndNoFailureOfTheLoop() throws IOException {
        IOException wrong = new IOException("wrong");
        open(new Noting() {
            @Override
            public void onReceive(Connection connection, ByteBuffer bytes) throws IOException {
                throw wrong;
            }
        });
        far.write(bytes("x"));
        turnUntil(this::isClosed);
        assertSame(wrong, reasons.get(0));
        assertEquals(List.of(), failures);
    }

    @Test
    void everyOtherMethodOfAHandlerMayFailToo() throws IOException {
        RuntimeException wrong = new IllegalStateException("wrong");
        open(new Noting() {
            @Override
            public void onEnd(Connection connection) {
                throw wrong;
            }

            @Override
            public void onClosed(Connection connection, Throwable reason) {
                super.onClosed(connection, reason);
                throw wrong;
            }
        });
        far.shutdownOutput();
        turnUntil(this::isClosed);
        assertEquals(2, failures.size());
        assertEquals(List.of(wrong), reasons);
        assertFalse(near.isOpen());
    }

    @Test
    void aFactoryThatFailsLeavesNothingOpen() throws IOException {
        RuntimeException wrong = new IllegalStateException("wrong");
        assertSame(
                wrong,
                assertThrows(
                        RuntimeException.class,
                        () -> Connection.open(loop, near, StreamOptions.defaults(), connection -> {
                            throw wrong;
                        })));
        turnUntil(() -> !near.isOpen());
        assertEquals(0, loop.registered());
    }

    @Test
    void aGreetingMayBeSentBeforeAnythingIsReceived() throws IOException {
        Connection.open(loop, near, StreamOptions.defaults(), connection -> {
            connection.send(bytes("welcome"));
            return Connection::send;
        });
        assertEquals("welcome", receive(far, 7));
    }

    @Test
    void otherThreadsMaySendAndClose() throws Exception {
        Connection connection = open(new Noting());
        loop.start();
        for (int i = 0; i < 100; i++) {
            assertTrue(connection.send(bytes("0123456789")));
        }
        connection.closeWhenFlushed();
        far.configureBlocking(true);
        StringBuilder text = new StringBuilder();
        while (read(far, text) >= 0) {
            assertTrue(text.length() <= 1000);
        }
        assertEquals("0123456789".repeat(100), text.toString());
    }
}
