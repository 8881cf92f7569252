package dev.pollux.tck.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.Capability;
import dev.pollux.loop.EventLoop;
import dev.pollux.operation.Operations;
import dev.pollux.tck.probe.CountingProvider;
import dev.pollux.tck.source.Descriptors;
import dev.pollux.tck.source.Endpoint;
import dev.pollux.tck.source.ListenerKinds;
import dev.pollux.tck.source.StreamKinds;
import dev.pollux.tck.source.TestSource;
import dev.pollux.tck.source.TestSources;
import dev.pollux.tck.source.TestedBackend;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Assumptions;
import org.opentest4j.AssertionFailedError;

/**
 * What one test of operations works with: a loop that the test turns, streams to do operations on, and what was begun on
 * them. In the end everything that was begun has completed, and as often.
 */
public final class OperationFixture {

    /** What a buffer holds that no one has written to. */
    static final byte POISON = 0x5A;

    /** More bytes than the buffers of a connection have room for: of a TCP socket on Linux some ten million, tcp(7). */
    static final int MORE_THAN_FITS = 16_000_000;

    final LoopFixture at;

    private final List<Flight> flights = new ArrayList<>();
    private final Queue<String> violations = new ConcurrentLinkedQueue<>();
    private boolean failuresExpected;
    private int swaps;

    /** Opens a loop on {@code subject}. */
    public OperationFixture(TestedBackend subject) throws IOException {
        this.at = new LoopFixture(subject);
    }

    EventLoop loop() {
        return at.loop;
    }

    TestSources sources() {
        return at.sources;
    }

    CountingProvider calls() {
        return at.calls;
    }

    /** Returns what is tested. */
    public TestedBackend subject() {
        return at.subject();
    }

    boolean hasKernelOperations() {
        return at.subject.has(Capability.OPERATIONS);
    }

    /** What is to be seen with a stream of any kind. */
    @FunctionalInterface
    interface Behaviour {

        void show(TestSource.Connection stream) throws Exception;
    }

    /** Shows {@code behaviour} with every kind of stream that goes both ways. */
    void onEveryStream(Behaviour behaviour) throws IOException {
        Descriptors calls = at.subject.descriptors().orElse(null);
        for (Map.Entry<String, StreamKinds.Maker> kind : StreamKinds.of(
                        at.subject.provider().capabilities(), calls, at.sources)
                .entrySet()) {
            try {
                behaviour.show(kind.getValue().open());
            } catch (AssertionError | Exception e) {
                throw new AssertionFailedError("with " + kind.getKey() + ": " + e.getMessage(), e);
            }
        }
    }

    /** What is to be seen with a listener of any kind. */
    @FunctionalInterface
    interface Acceptance {

        void show(ListenerKinds.Listening listener) throws Exception;
    }

    /** Shows {@code acceptance} with every kind of listener. */
    void onEveryListener(Acceptance acceptance) throws IOException {
        Descriptors calls = at.subject.descriptors().orElse(null);
        Map<String, ListenerKinds.Maker> kinds =
                ListenerKinds.of(at.subject.provider().capabilities(), calls, at.sources);
        Assumptions.assumeFalse(kinds.isEmpty(), "there are no listeners to test with");
        for (Map.Entry<String, ListenerKinds.Maker> kind : kinds.entrySet()) {
            try {
                acceptance.show(kind.getValue().open());
            } catch (AssertionError | Exception e) {
                throw new AssertionFailedError("with " + kind.getKey() + ": " + e.getMessage(), e);
            }
        }
    }

    /** What is to be seen with the operations of an empty file of any kind. */
    @FunctionalInterface
    interface Storage {

        void show(Operations file) throws Exception;
    }

    /** Shows {@code storage} with every kind of file. */
    void onEveryFile(Storage storage) throws IOException {
        Descriptors calls = at.subject.descriptors().orElse(null);
        for (Map.Entry<String, Object> kind : at.sources.files(calls).entrySet()) {
            try {
                storage.show(Operations.on(at.loop, kind.getValue()));
            } catch (AssertionError | Exception e) {
                throw new AssertionFailedError("with " + kind.getKey() + ": " + e.getMessage(), e);
            }
        }
    }

    /** Swaps to the backend that there is: done by its kernel or, every second time, on readiness, if it can do both. */
    void swap() throws InterruptedException, ExecutionException {
        at.soon(swapSoon());
    }

    /** As {@link #swap}, when the turn is over. */
    CompletableFuture<Void> swapSoon() {
        at.calls.showReadinessOnly(swaps++ % 2 == 0);
        return at.loop.swap(at.subject.provider().name());
    }

    /** Returns a stream that goes both ways. */
    TestSource.Connection stream() throws IOException {
        return at.sources.connection();
    }

    /** Returns the operations of the end that is the source. */
    Operations on(TestSource.Connection stream) throws IOException {
        return on(stream.end());
    }

    Operations on(Endpoint end) throws IOException {
        return Operations.on(at.loop, end.operand());
    }

    /** Returns a new operation that is watched. */
    Flight flight(Operations of) {
        Flight flight = new Flight(this, of);
        flights.add(flight);
        return flight;
    }

    /** Notes what no operation may do. */
    void violated(String how) {
        violations.add(how);
    }

    /** Says that completions fail in this test. */
    void expectFailures() {
        failuresExpected = true;
    }

    void turnUntil(BooleanSupplier condition, String what) throws IOException {
        at.turnUntil(condition, what);
    }

    void turnUntilOver(Flight... some) throws IOException {
        for (Flight flight : some) {
            at.turnUntil(flight::isOver, "it completes: " + flight);
        }
    }

    /** Turns the loop often enough for whatever can be done by now to be done, were it to be. */
    void settle() throws IOException {
        for (int turn = 0; turn < 5; turn++) {
            at.loop.runOnce(Duration.ofMillis(1));
        }
    }

    /** Reads all of {@code length} bytes from {@code end} while the loop turns. */
    byte[] readWhileTurning(Endpoint end, int length) throws IOException {
        byte[] all = new byte[length];
        byte[] chunk = new byte[8192];
        int[] read = new int[1];
        turnUntil(
                () -> {
                    try {
                        for (int count = 1; count > 0 && read[0] < length; read[0] += Math.max(0, count)) {
                            count = end.read(chunk);
                            if (count > 0) {
                                System.arraycopy(chunk, 0, all, read[0], Math.min(count, length - read[0]));
                            }
                        }
                    } catch (IOException e) {
                        throw new AssertionError("the other end fails", e);
                    }
                    return read[0] >= length;
                },
                length + " bytes are sent");
        assertEquals(length, read[0], "bytes sent");
        return all;
    }

    /** Returns a buffer with room for {@code length} bytes, and poison around them. */
    static ByteBuffer room(int length) {
        byte[] poison = new byte[length + 16];
        Arrays.fill(poison, POISON);
        return ByteBuffer.allocateDirect(length + 16).put(poison).position(8).limit(8 + length);
    }

    /** Returns a buffer with {@code bytes}. */
    static ByteBuffer full(byte[] bytes) {
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    /** Returns everything in a buffer, whatever its position and limit. */
    static byte[] whole(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.capacity()];
        buffer.duplicate().clear().get(bytes);
        return bytes;
    }

    /** Returns what was put into what {@link #room} has made. */
    static byte[] taken(ByteBuffer room) {
        byte[] bytes = new byte[room.position() - 8];
        room.duplicate().position(8).get(bytes);
        return bytes;
    }

    /** Returns bytes of which no two parts are alike. */
    static byte[] pattern(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 31 + i / 251);
        }
        return bytes;
    }

    /** Closes loop and sources, and looks at what has become of everything that was begun. */
    public void close() throws InterruptedException, ExecutionException {
        at.close();
        for (Flight flight : flights) {
            at.await(flight::isOver, "it completes, if only with the loop: " + flight);
        }
        assertEquals(List.of(), List.copyOf(violations));
        if (!failuresExpected) {
            assertEquals(List.of(), List.copyOf(at.failures));
        }
    }
}
