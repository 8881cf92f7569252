package dev.pollux.ffm.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

/** select(2). */
public final class Select {

    // int pselect(int nfds, fd_set *readfds, fd_set *writefds, fd_set *exceptfds, struct timespec *timeout,
    //             const sigset_t *sigmask);
    // The kernel calls it pselect6; it takes mask and size together by address, or none.
    private static final Syscall PSELECT = Syscall.of("pselect", 270, 72);

    public static final int FD_SETSIZE = 1024; // bits/typesizes.h; sys/_types/_fd_def.h of macOS, the same

    /** Descriptors per word. */
    public static final int NFDBITS = Abi.LINUX ? Long.SIZE : Integer.SIZE;

    /** {@code fd_set}: words of type {@code long} on Linux (sys/select.h), of 32 bits on macOS (sys/_types/_fd_def.h). */
    public static final StructLayout FD_SET = MemoryLayout.structLayout(
            MemoryLayout.sequenceLayout(FD_SETSIZE / NFDBITS, Abi.LINUX ? JAVA_LONG : JAVA_INT)
                    .withName("fds_bits"));

    private static final long WORD_BYTES = NFDBITS / Byte.SIZE;

    private Select() {}

    /**
     * Returns the number of descriptors left in the three sets, which lose those that are not ready. May block, and does so twice
     * if it fails. {@code NULL} for an empty set; a {@link Timespec}, which is what is left of it afterwards, or {@code NULL} for
     * no limit; no signal mask.
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
        return PSELECT.call(
                errno, end, readable.address(), writable.address(), exceptional.address(), timeout.address(), 0);
    }

    /** Waits as above; −1 if refused. */
    public static int pselect(
            int end, MemorySegment readable, MemorySegment writable, MemorySegment exceptional, MemorySegment timeout) {
        return (int)
                PSELECT.call(end, readable.address(), writable.address(), exceptional.address(), timeout.address(), 0);
    }

    /** Returns how many bytes of an {@link #FD_SET} have to do with descriptors below {@code end}. */
    public static long bytes(int end) {
        return (end + NFDBITS - 1) / NFDBITS * WORD_BYTES;
    }

    /** Puts {@code fd} into an {@link #FD_SET} or takes it out. A number that does not fit is never written. */
    public static void put(MemorySegment set, int fd, boolean in) {
        int index = fd / NFDBITS;
        long bit = 1L << fd % NFDBITS;
        long word = in ? word(set, index) | bit : word(set, index) & ~bit;
        if (Abi.LINUX) {
            set.set(JAVA_LONG, index * WORD_BYTES, word);
        } else {
            set.set(JAVA_INT, index * WORD_BYTES, (int) word);
        }
    }

    public static boolean isSet(MemorySegment set, int fd) {
        return (word(set, fd / NFDBITS) & 1L << fd % NFDBITS) != 0;
    }

    /** Returns {@link #NFDBITS} descriptors at once, from {@code index * NFDBITS} on. */
    public static long word(MemorySegment set, int index) {
        long at = index * WORD_BYTES;
        return Abi.LINUX ? set.get(JAVA_LONG, at) : Integer.toUnsignedLong(set.get(JAVA_INT, at));
    }
}
