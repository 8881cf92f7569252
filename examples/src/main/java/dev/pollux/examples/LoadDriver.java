package dev.pollux.examples;

import dev.pollux.Events;
import dev.pollux.loop.Callback;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.Registration;
import dev.pollux.loop.TimerHandle;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The other end of an echo server: many connections, each sending one message after the other and comparing what comes
 * back byte for byte.
 *
 * <p>A message names its connection, its number and its length, and the rest is a pattern that depends on both, so a
 * byte that is lost, sent twice or out of order cannot go unnoticed. The loop here is always on {@code nio}: that one
 * is available everywhere, and the load has to be the same whatever backend is measured at the other end.
 *
 * <p>Each phase, {@link #connect}, {@link #drive} and {@link #finish}, runs the loop on the caller's thread until every
 * connection has done its part, and no longer than its limit.
 *
 * <p><b>Thread:</b> one.
 */
final class LoadDriver implements AutoCloseable {

    /** Few enough for any listener's backlog: a full one makes the kernel try again after a whole second. */
    private static final int CONNECTING_AT_ONCE = 64;

    private static final int HEADER_BYTES = Integer.BYTES + Integer.BYTES + Long.BYTES;
    private static final int MIN_BYTES = 64;
    private static final int MAX_BYTES = 1024;
    private static final int PATTERNS = 1 << 16;
    private static final byte[] PATTERN = new byte[PATTERNS + MAX_BYTES];

    static {
        new Random(0).nextBytes(PATTERN);
    }

    private static final Duration PROGRESS_PERIOD = Duration.ofMillis(250);

    private final EventLoop loop;
    private final InetSocketAddress server;
    private final LongConsumer progress;
    private final List<Talk> talks = new ArrayList<>();

    /** Connections that have their part of the present phase still to do. */
    private int busy;

    private int toConnect;
    private boolean resting;
    private int connections;
    private int failures;
    private @Nullable String firstFailure;
    private long messages;
    private long bytesSent;
    private long bytesReturned;

    /**
     * Makes a driver without connections.
     *
     * @param progress gets the number of messages about four times a second while a phase runs
     */
    LoadDriver(InetSocketAddress server, LongConsumer progress) throws IOException {
        this.server = server;
        this.progress = progress;
        this.loop = EventLoop.builder()
                .backend("nio")
                .failureHandler(failure -> failed(failure.kind() + " of the load failed: " + failure.error()))
                .open();
        loop.schedule(PROGRESS_PERIOD, this::tellProgress);
    }

    private void tellProgress() {
        progress.accept(messages);
        loop.schedule(PROGRESS_PERIOD, this::tellProgress);
    }

    /** Opens {@code count} connections; each counts once its first message has come back. */
    void connect(int count, Duration limit) throws IOException {
        toConnect = count;
        resting = true;
        runPhase(limit, () -> {
            for (int i = 0; i < CONNECTING_AT_ONCE; i++) {
                connectNext();
            }
        });
    }

    private void connectNext() {
        if (toConnect == 0) {
            return;
        }
        toConnect--;
        try {
            talks.add(new Talk(talks.size()));
            busy++;
        } catch (IOException e) {
            failed("connection " + talks.size() + " cannot be opened: " + e.getMessage());
            stopConnecting();
        }
    }

    /** What keeps one connection from opening, descriptors most likely, keeps the ones under way from it as well. */
    private void stopConnecting() {
        toConnect = 0;
        for (Talk talk : talks) {
            if (talk.isBusy() && talk.number == 0) {
                talk.close();
                partDone();
            }
        }
    }

    /** Sends messages on every connection for {@code duration}, and waits for those that are under way then. */
    void drive(Duration duration, Duration limit) throws IOException {
        resting = false;
        runPhase(duration.plus(limit), () -> {
            loop.schedule(duration, () -> resting = true);
            beginAll(Talk::resume);
        });
    }

    /** Ends the output of every connection, and waits until it has closed them all. */
    void finish(Duration limit) throws IOException {
        runPhase(limit, () -> beginAll(Talk::finish));
    }

    private void beginAll(Consumer<Talk> part) {
        for (Talk talk : talks) {
            if (talk.state == State.RESTING) {
                busy++;
                part.accept(talk);
            }
        }
    }

    private void runPhase(Duration limit, Runnable beginning) throws IOException {
        busy = 1;
        loop.execute(() -> {
            beginning.run();
            partDone();
        });
        TimerHandle timeout = loop.schedule(limit, () -> giveUp(limit));
        loop.run();
        timeout.cancel();
    }

    private void partDone() {
        busy--;
        if (busy == 0) {
            loop.stop();
        }
    }

    private void giveUp(Duration limit) {
        toConnect = 0;
        for (Talk talk : talks) {
            if (talk.isBusy()) {
                talk.fail("nothing came back within " + limit.toMillis() + " ms");
            }
        }
    }

    private void failed(String reason) {
        failures++;
        if (firstFailure == null) {
            firstFailure = reason;
        }
    }

    /** Returns how many connections were opened and answered. */
    int connections() {
        return connections;
    }

    /** Returns how many messages have come back as they were sent. */
    long messages() {
        return messages;
    }

    /** Returns how many bytes have come back as they were sent. */
    long bytesReturned() {
        return bytesReturned;
    }

    /** Returns how many bytes were sent of messages that have not come back as they were. */
    long bytesLost() {
        return bytesSent - bytesReturned;
    }

    /** Returns what went wrong first, and how often something did; null if nothing did. */
    @Nullable
    String problem() {
        return failures > 1 ? firstFailure + " (the first of " + failures + " failures)" : firstFailure;
    }

    @Override
    public void close() {
        talks.forEach(Talk::close);
        loop.close();
    }

    private enum State {
        CONNECTING,
        TALKING,
        RESTING,
        FINISHING,
        CLOSED
    }

    private final class Talk implements Callback {

        private final int id;
        private final SocketChannel channel;
        private final Registration registration;
        private final ByteBuffer message = ByteBuffer.allocateDirect(MAX_BYTES);
        private final ByteBuffer answer = ByteBuffer.allocateDirect(MAX_BYTES);
        private State state = State.CONNECTING;
        private long number;

        Talk(int id) throws IOException {
            this.id = id;
            this.channel = SocketChannel.open();
            try {
                channel.configureBlocking(false);
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                channel.connect(server);
                this.registration = loop.register(channel, Events.WRITE, this);
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        }

        boolean isBusy() {
            return state != State.RESTING && state != State.CLOSED;
        }

        @Override
        public void onReady(Registration registration, int ready) {
            try {
                switch (state) {
                    case CONNECTING -> {
                        if (channel.finishConnect()) {
                            state = State.TALKING;
                            sendNext();
                        }
                    }
                    case TALKING -> {
                        if (message.hasRemaining()) {
                            send();
                        } else {
                            receive();
                        }
                    }
                    case RESTING, FINISHING -> expectEnd();
                    case CLOSED -> throw new AssertionError("called back after cancel");
                }
            } catch (IOException e) {
                fail(String.valueOf(e.getMessage()));
            }
        }

        void resume() {
            try {
                state = State.TALKING;
                sendNext();
            } catch (IOException e) {
                fail(String.valueOf(e.getMessage()));
            }
        }

        private void sendNext() throws IOException {
            // Any constants do that make length and pattern differ between neighbours.
            int mix = (int) ((number * 0x9E3779B97F4A7C15L + id * 0xC2B2AE3D27D4EB4FL) >>> 33);
            int length = MIN_BYTES + mix % (MAX_BYTES - MIN_BYTES + 1);
            message.clear().putInt(id).putInt(length).putLong(number);
            message.put(PATTERN, mix % PATTERNS, length - HEADER_BYTES).flip();
            answer.clear().limit(length);
            send();
        }

        private void send() throws IOException {
            bytesSent += channel.write(message);
            int interest = message.hasRemaining() ? Events.WRITE : Events.READ;
            if (registration.key().events() != interest) {
                registration.modify(interest);
            }
        }

        private void receive() throws IOException {
            if (channel.read(answer) < 0) {
                throw new EOFException("the server closed it with " + answer.remaining() + " bytes to come");
            }
            if (answer.hasRemaining()) {
                return;
            }
            int difference = answer.flip().mismatch(message.rewind());
            if (difference >= 0) {
                throw new IOException("what came back differs from byte " + difference + " on");
            }
            bytesReturned += answer.limit();
            messages++;
            if (number++ == 0) {
                connections++;
                connectNext();
            }
            if (resting) {
                state = State.RESTING;
                partDone();
            } else {
                sendNext();
            }
        }

        void finish() {
            try {
                state = State.FINISHING;
                channel.shutdownOutput();
            } catch (IOException e) {
                fail(String.valueOf(e.getMessage()));
            }
        }

        private void expectEnd() throws IOException {
            int count = channel.read(answer.clear());
            if (count > 0) {
                throw new IOException(count + " bytes came that were not sent");
            }
            if (count < 0 && state == State.RESTING) {
                throw new EOFException("the server closed it while it was resting");
            }
            if (count < 0) {
                close();
                partDone();
            }
        }

        void fail(String reason) {
            failed("connection " + id + ", message " + number + ": " + reason);
            boolean wasBusy = isBusy();
            close();
            if (wasBusy) {
                partDone();
            }
        }

        void close() {
            if (state == State.CLOSED) {
                return;
            }
            state = State.CLOSED;
            if (number == 0) {
                // It was never open, so what it sent counts as refused rather than lost.
                bytesSent -= message.position();
            }
            registration.cancel();
            try {
                channel.close();
            } catch (IOException e) {
                failed("connection " + id + " cannot be closed: " + e.getMessage());
            }
        }
    }
}
