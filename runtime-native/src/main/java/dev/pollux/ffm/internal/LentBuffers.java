package dev.pollux.ffm.internal;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.pollux.NativeIOException;
import dev.pollux.ffm.sys.IoUring;
import dev.pollux.ffm.sys.IoUring.Buf;
import dev.pollux.ffm.sys.IoUring.BufReg;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Buffers that the kernel chooses from when something arrives (IORING_REGISTER_PBUF_RING). Which of them it may choose stands in
 * a queue that it shares. There are few at first, because one fast peer can fill them all before its receiver can say that
 * it is enough; with many receivers, there are more.
 *
 * <p>The buffers are the JVM's: one that is read after its time holds other bytes, and is never freed memory.
 */
final class LentBuffers {

    private static final VarHandle TAIL = JAVA_SHORT.varHandle().withInvokeExactBehavior();

    /** How many there are at first. */
    static final int FIRST_COUNT = 128;

    /** Between two buffers, whose beginnings would share a set of the processor's caches otherwise. */
    private static final int GAP_BYTES = 64;

    private final Memory memory;
    private final MemorySegment queue;
    private final int most;
    private final int bytes;
    private ByteBuffer[] buffers = new ByteBuffer[0];
    private long[] addresses = new long[0];
    private boolean[] lent = new boolean[0];
    private int lentCount;
    private short tail;
    private boolean growsNoMore;
    private boolean closed;

    private LentBuffers(Memory memory, int most, int bytes) {
        this.memory = memory;
        this.queue = memory.all();
        this.most = most;
        this.bytes = bytes;
        grow(Math.min(most, FIRST_COUNT));
    }

    /**
     * Gives the kernel buffers to choose from.
     *
     * @param most how many there may be: a power of two
     * @param bytes of each
     * @throws NativeIOException if there is no memory for the queue, or the kernel does not take it
     */
    static LentBuffers open(Ring ring, int most, int bytes) throws NativeIOException {
        Memory memory = Memory.of(Math.max(most * Buf.BYTES, Memory.PAGE_BYTES));
        try (Arena arena = Arena.ofConfined()) {
            LentBuffers result = new LentBuffers(memory, most, bytes);
            MemorySegment registration = arena.allocate(BufReg.BYTES, Long.BYTES);
            registration.set(JAVA_LONG, BufReg.RING_ADDR, result.queue.address());
            registration.set(JAVA_INT, BufReg.RING_ENTRIES, most);
            ring.register("io_uring_register(PBUF_RING)", IoUring.REGISTER_PBUF_RING, registration, 1);
            KernelMemory.hold(result);
            return result;
        } catch (Throwable failure) {
            memory.free();
            throw failure;
        }
    }

    /**
     * Makes more buffers if there are fewer than two for each of {@code receivers}: one to receive into, one that is being sent. For
     * when one found none.
     */
    void enough(int receivers) {
        int count = buffers.length;
        if (!growsNoMore && count < Math.min(2L * receivers, most)) {
            try {
                grow(Math.min(most, 2 * count));
            } catch (OutOfMemoryError noDirectMemory) {
                // Those that there are come back.
                growsNoMore = true;
            }
        }
    }

    private void grow(int count) {
        int present = buffers.length;
        ByteBuffer made = ByteBuffer.allocateDirect(Math.multiplyExact(count - present, bytes + GAP_BYTES));
        buffers = Arrays.copyOf(buffers, count);
        addresses = Arrays.copyOf(addresses, count);
        lent = Arrays.copyOf(lent, count);
        for (int number = present; number < count; number++) {
            buffers[number] = made.slice((number - present) * (bytes + GAP_BYTES), bytes);
            addresses[number] = MemorySegment.ofBuffer(buffers[number]).address();
            offer(number);
        }
    }

    /** Notes that the kernel has chosen a buffer. */
    void taken(int number) {
        lent[number] = true;
        lentCount++;
    }

    /** Returns how many the kernel may choose from, unless it has chosen some that it has not reported yet. */
    int available() {
        return buffers.length - lentCount;
    }

    /** Returns one from position 0 to its end. */
    ByteBuffer get(int number) {
        return buffers[number].clear();
    }

    /** Returns the address of the first byte of one. Its memory stays until the kernel is done with all of them. */
    long address(int number) {
        return addresses[number];
    }

    /**
     * Lets the kernel choose a buffer again. Does nothing once this is closed.
     *
     * @throws IllegalStateException if it may already
     */
    void giveBack(int number) {
        if (closed) {
            return;
        }
        if (!lent[number]) {
            throw new IllegalStateException("buffer " + number + " is not lent");
        }
        lent[number] = false;
        lentCount--;
        offer(number);
    }

    private void offer(int number) {
        long entry = (tail & (most - 1)) * Buf.BYTES;
        queue.set(JAVA_LONG, entry + Buf.ADDR, addresses[number]);
        queue.set(JAVA_INT, entry + Buf.LEN, bytes);
        queue.set(JAVA_SHORT, entry + Buf.BID, (short) number);
        tail++;
        TAIL.setRelease(queue, Buf.TAIL, tail);
    }

    /** The kernel is done with all of them. */
    void close() {
        closed = true;
        memory.free();
        KernelMemory.release(this);
    }
}
