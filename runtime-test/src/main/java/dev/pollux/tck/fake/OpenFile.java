package dev.pollux.tck.fake;

import dev.pollux.Events;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Objects;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * What descriptors stand for: one end of a pipe or of a connection, a file that is always ready, or a backend. Any number of
 * descriptors may stand for the same one; it is closed with the last of them.
 *
 * <p><b>Thread:</b> the one that holds the kernel's lock.
 */
final class OpenFile {

    /** As much as a pipe of Linux takes, pipe(7). */
    private static final int CAPACITY = 65_536;

    private final int directions;
    private final @Nullable FakeBackend backend;
    private @Nullable OpenFile peer;
    private int descriptors;
    private boolean outputEnded;
    private boolean urgent;

    /** The ends of connections that wait to be accepted; null if this does not listen. */
    private final @Nullable Queue<OpenFile> waiting;

    /** What a file holds that can be written to; null if this is none. */
    private byte @Nullable [] content;

    // What has arrived and was not read yet, as a ring.
    private final byte[] received;
    private int first;
    private int count;

    // How often something became ready that was not, or more so than before: what an edge-triggered watch reports.
    private int inputEdges;
    private int outputEdges;

    private OpenFile(int directions, int capacity) {
        this(directions, capacity, null, null);
    }

    private OpenFile(int directions, int capacity, @Nullable FakeBackend backend, @Nullable Queue<OpenFile> waiting) {
        this.directions = directions;
        this.backend = backend;
        this.waiting = waiting;
        this.received = new byte[capacity];
    }

    /** Makes a file that is always ready and always at its end. */
    static OpenFile regular() {
        return new OpenFile(Events.READ | Events.WRITE, 0);
    }

    /** Makes what a backend's own descriptor stands for: it can be read while a source of the backend is ready. */
    static OpenFile of(FakeBackend backend) {
        return new OpenFile(Events.READ, 0, backend, null);
    }

    /** Makes what listens. */
    static OpenFile listener() {
        return new OpenFile(Events.READ, 0, null, new ArrayDeque<>());
    }

    /** Makes an empty file to read and write at offsets. */
    static OpenFile storage() {
        OpenFile file = regular();
        file.content = new byte[0];
        return file;
    }

    /** Makes two connected ends that can do {@code directions} and {@code peerDirections}. */
    static OpenFile connected(int directions, int peerDirections) {
        OpenFile end = new OpenFile(directions, (directions & Events.READ) != 0 ? CAPACITY : 0);
        OpenFile peer = new OpenFile(peerDirections, (peerDirections & Events.READ) != 0 ? CAPACITY : 0);
        end.peer = peer;
        peer.peer = end;
        return end;
    }

    /** Returns the backend that this is; null if it is anything else. */
    @Nullable
    FakeBackend backend() {
        return backend;
    }

    /** Returns the other end; null if there is none. */
    @Nullable
    OpenFile peer() {
        return peer;
    }

    boolean isRegular() {
        return peer == null && backend == null && waiting == null;
    }

    void hold() {
        descriptors++;
    }

    /** One descriptor less. Returns whether that was the last. */
    boolean release() {
        descriptors--;
        if (descriptors > 0) {
            return false;
        }
        if (peer != null) {
            peer.inputEdges++;
            peer.outputEdges++;
        }
        if (waiting != null) {
            waiting.forEach(OpenFile::release);
            waiting.clear();
        }
        return true;
    }

    /** Returns the end of a new connection to this listener, which holds the other one; null if this does not listen. */
    @Nullable
    OpenFile connect() {
        if (waiting == null) {
            return null;
        }
        OpenFile client = connected(Events.READ | Events.WRITE, Events.READ | Events.WRITE);
        OpenFile accepted = Objects.requireNonNull(client.peer);
        accepted.hold();
        waiting.add(accepted);
        inputEdges++;
        return client;
    }

    /** Returns the end of the next connection, still held for the caller; null if none waits. */
    @Nullable
    OpenFile accept() {
        return waiting == null ? null : waiting.poll();
    }

    boolean listens() {
        return waiting != null;
    }

    private boolean isClosed() {
        return descriptors == 0;
    }

    /** Returns the {@link Events} that hold now. */
    int ready() {
        if (backend != null) {
            return backend.isAnyReady() ? Events.READ : 0;
        }
        if (waiting != null) {
            return waiting.isEmpty() ? 0 : Events.READ;
        }
        if (peer == null) {
            return directions;
        }
        boolean alone = peer.isClosed();
        boolean readable = count > 0 || alone || peer.outputEnded;
        boolean writable = alone || peer.room() > 0;
        int ready = (readable ? directions & Events.READ : 0) | (writable ? directions & Events.WRITE : 0);
        if (alone) {
            // pipe(7): a reader without writers gets the hang-up, a writer without readers an error.
            ready |= (directions & Events.READ) != 0 ? Events.HANGUP : Events.ERROR;
        }
        return urgent ? ready | Events.PRIORITY : ready;
    }

    /** Returns a number that changes whenever there is news for a watch for {@code events}. */
    long edges(int events) {
        if (backend != null) {
            return backend.edges();
        }
        return ((events & ~Events.WRITE & Events.DIRECTIONS) != 0 ? inputEdges : 0L)
                + ((events & Events.WRITE) != 0 ? outputEdges : 0L);
    }

    private int room() {
        return received.length - count;
    }

    boolean reads() {
        return (directions & Events.READ) != 0 && backend == null;
    }

    boolean writes() {
        return (directions & Events.WRITE) != 0 && !outputEnded;
    }

    /** Takes what is there; returns the count, 0 if nothing is there yet, −1 at the end. */
    int read(byte[] into) {
        if (count == 0) {
            return peer == null || peer.isClosed() || peer.outputEnded ? -1 : 0;
        }
        boolean wasFull = room() == 0;
        int taken = Math.min(into.length, count);
        for (int i = 0; i < taken; i++) {
            into[i] = received[(first + i) % received.length];
        }
        first = (first + taken) % received.length;
        count -= taken;
        if (wasFull && taken > 0 && peer != null) {
            peer.outputEdges++;
        }
        return taken;
    }

    /** Sends what there is room for at the peer's; returns the count, −1 if no one is there to take it. */
    int write(byte[] from) {
        if (peer == null) {
            return from.length;
        }
        if (peer.isClosed()) {
            return -1;
        }
        int sent = Math.min(from.length, peer.room());
        for (int i = 0; i < sent; i++) {
            peer.received[(peer.first + peer.count + i) % peer.received.length] = from[i];
        }
        peer.count += sent;
        if (sent > 0) {
            peer.inputEdges++;
        }
        return sent;
    }

    /** Reads a file; returns the count, −1 at or after its end. */
    int readAt(byte[] into, long offset) {
        byte[] held = content == null ? new byte[0] : content;
        if (offset >= held.length) {
            return -1;
        }
        int taken = Math.min(into.length, held.length - (int) offset);
        System.arraycopy(held, (int) offset, into, 0, taken);
        return taken;
    }

    /** Writes a file; returns the count, −1 if it cannot be that long. */
    int writeAt(byte[] from, long offset) {
        if (content == null || offset > Integer.MAX_VALUE - from.length) {
            return -1;
        }
        int end = (int) offset + from.length;
        content = content.length < end ? Arrays.copyOf(content, end) : content;
        System.arraycopy(from, 0, content, (int) offset, from.length);
        return from.length;
    }

    void sendUrgent() {
        if (peer != null) {
            peer.urgent = true;
            peer.inputEdges++;
        }
    }

    void endOutput() {
        outputEnded = true;
        if (peer != null) {
            peer.inputEdges++;
        }
    }
}
