package dev.pollux.ffm.internal;

import dev.pollux.spi.Submission;

/**
 * By what the kernel names what has completed: 64 bits that say whether it was a poll, an operation, the end of one, or the
 * backend's own.
 *
 * <p>The low half of a poll's is its slot, and the high half its number, never 0. An operation's is its token with bits set that
 * no slot has. So its completion needs no look-up.
 */
final class UserData {

    static final long WAKEUP = 0;
    static final long OF_NO_INTEREST = 1;

    private static final long OPERATION = 1L << 31;
    private static final long CANCEL = 1L << 30;
    private static final long ACCEPTS = 1L << 29;
    private static final long BORROWS = 1L << 28;
    private static final long MARKS = OPERATION | CANCEL | ACCEPTS | BORROWS;

    private UserData() {}

    static long ofPoll(int number, int slot) {
        return (long) number << Integer.SIZE | slot;
    }

    static long ofOperation(long token, Submission.Kind kind) {
        return switch (kind) {
            case ACCEPT, ACCEPT_EACH -> token | OPERATION | ACCEPTS;
            case RECEIVE_EACH -> token | OPERATION | BORROWS;
            default -> token | OPERATION;
        };
    }

    /** Returns that of the request to cancel an operation. */
    static long ofCancel(long operation) {
        return operation | CANCEL;
    }

    static boolean isOfOperation(long userData) {
        return (userData & OPERATION) != 0;
    }

    static boolean isOfCancel(long userData) {
        return (userData & CANCEL) != 0;
    }

    /** Returns whether the operation takes lent buffers. */
    static boolean borrows(long userData) {
        return (userData & BORROWS) != 0;
    }

    /** Returns whether the operation's result is a descriptor. */
    static boolean accepts(long userData) {
        return (userData & ACCEPTS) != 0;
    }

    /** Returns the operation that a request is to cancel. */
    static long cancelled(long cancel) {
        return cancel & ~CANCEL;
    }

    static long token(long operation) {
        return operation & ~MARKS;
    }

    /** Returns the slot of a poll or an operation. */
    static int slot(long userData) {
        return (int) (userData & ~MARKS);
    }
}
