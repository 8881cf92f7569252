package dev.pollux.ffm.sys;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/** select(2). */
public final class Select {

    // int pselect(int nfds, fd_set *readfds, fd_set *writefds, fd_set *exceptfds, const struct timespec *timeout,
    //             const sigset_t *sigmask);
    private static final FunctionDescriptor PSELECT_TYPE =
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS);
    private static final MethodHandle PSELECT = Libc.call("pselect", PSELECT_TYPE);
    private static final MethodHandle HOT_PSELECT = Libc.callWithoutErrno("pselect", PSELECT_TYPE);

    public static final int FD_SETSIZE = 1024; // bits/typesizes.h; sys/_types/_fd_def.h of macOS, the same

    /** Descriptors per word. */
    public static final int NFDBITS = Abi.LINUX ? Long.SIZE : Integer.SIZE;

    /** {@code fd_set}: words of type {@code long} on Linux (sys/select.h), of 32 bits on macOS (sys/_types/_fd_def.h). */
    public static final StructLayout FD_SET = MemoryLayout.structLayout(
            MemoryLayout.sequenceLayout(FD_SETSIZE / NFDBITS, Abi.LINUX ? JAVA_LONG : JAVA_INT)
                    .withName("fds_bits"));

    private static final VarHandle WORD = FD_SET.varHandle(
                    PathElement.groupElement("fds_bits"), PathElement.sequenceElement())
            .withInvokeExactBehavior();

    private Select() {}

    /**
     * Returns the number of descriptors left in the three sets, which lose those that are not ready. May block; a
     * {@link Timespec} or {@code NULL} for no limit; no signal mask.
     *
     * @param end the highest descriptor in a set, plus 1
     */
    public static int pselect(
            int end,
            MemorySegment readable,
            MemorySegment writable,
            MemorySegment exceptional,
            MemorySegment timeout,
            Errno errno) {
        try {
            return errno.orNegated((int) PSELECT.invokeExact(
                    errno.state(), end, readable, writable, exceptional, timeout, MemorySegment.NULL));
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /** Waits as above; −1 if refused. */
    public static int pselect(
            int end, MemorySegment readable, MemorySegment writable, MemorySegment exceptional, MemorySegment timeout) {
        try {
            return (int) HOT_PSELECT.invokeExact(end, readable, writable, exceptional, timeout, MemorySegment.NULL);
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /** Puts {@code fd} into an {@link #FD_SET} or takes it out. A number that does not fit is never written. */
    public static void put(MemorySegment set, int fd, boolean in) {
        int index = fd / NFDBITS;
        long bit = 1L << fd % NFDBITS;
        long word = in ? word(set, index) | bit : word(set, index) & ~bit;
        if (Abi.LINUX) {
            WORD.set(set, 0L, (long) index, word);
        } else {
            WORD.set(set, 0L, (long) index, (int) word);
        }
    }

    public static boolean isSet(MemorySegment set, int fd) {
        return (word(set, fd / NFDBITS) & 1L << fd % NFDBITS) != 0;
    }

    /** Returns {@link #NFDBITS} descriptors at once, from {@code index * NFDBITS} on. */
    public static long word(MemorySegment set, int index) {
        return Abi.LINUX
                ? (long) WORD.get(set, 0L, (long) index)
                : Integer.toUnsignedLong((int) WORD.get(set, 0L, (long) index));
    }
}
