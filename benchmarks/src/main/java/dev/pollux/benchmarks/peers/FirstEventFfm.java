package dev.pollux.benchmarks.peers;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Waits for one event of a pipe with epoll(7), says so and ends: the least that a program without a library of its own can do,
 * with one call shape, no error numbers and no class besides this one. For x86-64.
 */
final class FirstEventFfm {

    // asm/unistd_64.h
    private static final int WRITE = 1;
    private static final int EPOLL_WAIT = 232;
    private static final int EPOLL_CTL = 233;
    private static final int EPOLL_CREATE1 = 291;
    private static final int PIPE2 = 293;

    private static final int EPOLL_CTL_ADD = 1;
    private static final int EPOLLIN = 1;

    /** Where the room has the descriptors of the pipe, and where an event. */
    private static final int FDS = 0;

    private static final int EVENT = 8;
    private static final int ROOM_BYTES = 32;

    private final MethodHandle syscall;

    private FirstEventFfm(MethodHandle syscall) {
        this.syscall = syscall;
    }

    @SuppressWarnings("restricted")
    public static void main(String[] args) throws Throwable {
        Linker linker = Linker.nativeLinker();
        FunctionDescriptor shape = FunctionDescriptor.of(
                JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
        new FirstEventFfm(linker.downcallHandle(linker.defaultLookup().findOrThrow("syscall"), shape)).run();
    }

    private void run() throws Throwable {
        MemorySegment room = Arena.global().allocate(ROOM_BYTES, Long.BYTES);
        ByteBuffer fields = room.asByteBuffer().order(ByteOrder.nativeOrder());
        call(PIPE2, room.address() + FDS, 0, 0, 0);
        long epfd = call(EPOLL_CREATE1, 0, 0, 0, 0);
        fields.putInt(EVENT, EPOLLIN);
        call(EPOLL_CTL, epfd, EPOLL_CTL_ADD, fields.getInt(FDS), room.address() + EVENT);
        call(WRITE, fields.getInt(FDS + Integer.BYTES), room.address(), 1, 0);
        System.out.println("events " + call(EPOLL_WAIT, epfd, room.address() + EVENT, 1, -1));
    }

    private long call(long number, long a, long b, long c, long d) throws Throwable {
        long result = (long) syscall.invokeExact(number, a, b, c, d, 0L, 0L);
        if (result < 0) {
            throw new IllegalStateException("system call " + number + " failed");
        }
        return result;
    }
}
