package dev.pollux.benchmarks;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** The few C functions that measuring needs on Linux. */
public final class Libc {

    private static final int EFD_NONBLOCK_AND_CLOEXEC = 0x80800;
    private static final int CLOCK_PROCESS_CPUTIME_ID = 2;

    private static final MethodHandle EVENTFD =
            find("eventfd", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    private static final MethodHandle DUP2 =
            find("dup2", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    private static final MethodHandle CLOSE =
            find("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    private static final MethodHandle EVENTFD_WRITE = find(
            "eventfd_write", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG));
    private static final MethodHandle EVENTFD_READ = find(
            "eventfd_read", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
    private static final MethodHandle CLOCK_GETTIME = find(
            "clock_gettime", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));

    private static final MemorySegment ANSWER = Arena.global().allocate(16, 8);

    private Libc() {}

    @SuppressWarnings("restricted")
    private static MethodHandle find(String name, FunctionDescriptor shape) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), shape);
    }

    /** Has the descriptor {@code fd} be an event counter at 0, whatever it was before: eventfd(2), dup2(2). */
    static void becomeEventCounter(int fd) throws IOException {
        try {
            int opened = check("eventfd", (int) EVENTFD.invokeExact(0, EFD_NONBLOCK_AND_CLOEXEC));
            check("dup2", (int) DUP2.invokeExact(opened, fd));
            check("close", (int) CLOSE.invokeExact(opened));
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    /** Makes the event counter {@code fd} readable, or takes what is in it. */
    static void setReadable(int fd, boolean readable) throws IOException {
        try {
            if (readable) {
                check("eventfd_write", (int) EVENTFD_WRITE.invokeExact(fd, 1L));
            } else {
                check("eventfd_read", (int) EVENTFD_READ.invokeExact(fd, ANSWER));
            }
        } catch (Throwable e) {
            throw failed(e);
        }
    }

    /** Returns what this process has computed, in all its threads, in user and in system mode. */
    public static synchronized long processCpuNanos() throws IOException {
        try {
            check("clock_gettime", (int) CLOCK_GETTIME.invokeExact(CLOCK_PROCESS_CPUTIME_ID, ANSWER));
        } catch (Throwable e) {
            throw failed(e);
        }
        return ANSWER.get(ValueLayout.JAVA_LONG, 0) * 1_000_000_000L + ANSWER.get(ValueLayout.JAVA_LONG, 8);
    }

    private static int check(String call, int result) throws IOException {
        if (result < 0) {
            throw new IOException(call + " failed");
        }
        return result;
    }

    private static IOException failed(Throwable e) {
        if (e instanceof IOException known) {
            return known;
        }
        throw new IllegalStateException("a call into C threw", e);
    }
}
