package dev.pollux.ffm.internal;

import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Where the memory of buffers is, found out once for each, because to find out allocates. Keeps no buffer.
 *
 * <p><b>Thread:</b> one at a time.
 */
final class BufferAddresses {

    // A hash table with linear probing. References whose buffers are gone stay until it is full.
    private @Nullable WeakReference<ByteBuffer>[] buffers;
    private long[] addresses;
    private int size;

    BufferAddresses() {
        buffers = references(64);
        addresses = new long[64];
    }

    /** Returns what was put last for {@code buffer}, or 0. */
    long get(ByteBuffer buffer) {
        int mask = buffers.length - 1;
        for (int i = hash(buffer) & mask; ; i = (i + 1) & mask) {
            WeakReference<ByteBuffer> at = buffers[i];
            if (at == null) {
                return 0;
            }
            if (at.refersTo(buffer)) {
                return addresses[i];
            }
        }
    }

    /** Puts the address of {@code buffer}, which has none yet. */
    void put(ByteBuffer buffer, long address) {
        if (size >= buffers.length / 2) {
            rebuild();
        }
        add(new WeakReference<>(buffer), hash(buffer), address);
    }

    /** Returns how many places there are. */
    int room() {
        return buffers.length;
    }

    private void add(WeakReference<ByteBuffer> reference, int hash, long address) {
        int mask = buffers.length - 1;
        int i = hash & mask;
        while (buffers[i] != null) {
            i = (i + 1) & mask;
        }
        buffers[i] = reference;
        addresses[i] = address;
        size++;
    }

    /** Drops buffers that are gone, and doubles the room unless many of them are. */
    private void rebuild() {
        WeakReference<ByteBuffer>[] before = buffers;
        long[] addressesBefore = addresses;
        int live = (int) Arrays.stream(before)
                .filter(reference -> reference != null && !reference.refersTo(null))
                .count();
        int length = live < before.length / 4 ? before.length : before.length * 2;
        buffers = references(length);
        addresses = new long[length];
        size = 0;
        for (int i = 0; i < before.length; i++) {
            WeakReference<ByteBuffer> reference = before[i];
            ByteBuffer buffer = reference == null ? null : reference.get();
            if (reference != null && buffer != null) {
                add(reference, hash(buffer), addressesBefore[i]);
            }
        }
    }

    private static int hash(ByteBuffer buffer) {
        return System.identityHashCode(buffer);
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // There are no arrays of parameterized types.
    private static WeakReference<ByteBuffer>[] references(int length) {
        return new WeakReference[length];
    }
}
