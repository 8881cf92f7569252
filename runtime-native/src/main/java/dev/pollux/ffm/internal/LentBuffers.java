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

/**
 * Buffers that the kernel chooses from when something arrives (IORING_REGISTER_PBUF_RING). Which of them it may choose stands in
 * a queue that it shares.
 *
 * <p>The buffers are the JVM's: one that is read after its time holds other bytes, and is never freed memory.
 */
final class LentBuffers {

    private static final VarHandle TAIL = JAVA_SHORT.varHandle().withInvokeExactBehavior();

    private final Memory memory;
    private final MemorySegment queue;
    private final int bytes;
    private final ByteBuffer[] buffers;
    private final long[] addresses;
    private final boolean[] lent;
    private short tail;
    private boolean closed;

    private LentBuffers(Memory memory, int count, int bytes) {
        this.memory = memory;
        this.queue = memory.all();
        this.bytes = bytes;
        buffers = new ByteBuffer[count];
        addresses = new long[count];
        lent = new boolean[count];
        for (int number = 0; number < count; number++) {
            buffers[number] = ByteBuffer.allocateDirect(bytes);
            addresses[number] = MemorySegment.ofBuffer(buffers[number]).address();
            offer(number);
        }
    }

    /**
     * Gives the kernel buffers to choose from.
     *
     * @param count a power of two
     * @param bytes of each
     * @throws NativeIOException if there is no memory for the queue, or the kernel does not take it
     */
    static LentBuffers open(Ring ring, int count, int bytes) throws NativeIOException {
        Memory memory = Memory.of(Math.max(count * Buf.BYTES, Memory.PAGE_BYTES));
        try (Arena arena = Arena.ofConfined()) {
            LentBuffers result = new LentBuffers(memory, count, bytes);
            MemorySegment registration = arena.allocate(BufReg.BYTES, Long.BYTES);
            registration.set(JAVA_LONG, BufReg.RING_ADDR, result.queue.address());
            registration.set(JAVA_INT, BufReg.RING_ENTRIES, count);
            ring.register("io_uring_register(PBUF_RING)", IoUring.REGISTER_PBUF_RING, registration, 1);
            KernelMemory.hold(result);
            return result;
        } catch (Throwable failure) {
            memory.free();
            throw failure;
        }
    }

    /** Notes that the kernel has chosen a buffer. */
    void taken(int number) {
        lent[number] = true;
    }

    /** Returns one from position 0 to its end. */
    ByteBuffer get(int number) {
        return buffers[number].clear();
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
        offer(number);
    }

    private void offer(int number) {
        long entry = (tail & (buffers.length - 1)) * Buf.BYTES;
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
