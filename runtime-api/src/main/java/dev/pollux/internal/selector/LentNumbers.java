package dev.pollux.internal.selector;

import dev.pollux.spi.CompletionBackend;

/**
 * The buffers that a backend has lent, by number: the one that a completion has at present, and those that are kept for longer.
 *
 * <p>One in eight is never kept: peers that are slow to take what they are sent would end all receiving otherwise. How many there
 * are the backend does not say; they are at least as many as the highest number that was seen.
 *
 * <p><b>Thread:</b> the selector's.
 */
final class LentNumbers {

    /** What {@link #keep} returns if nothing is kept. */
    static final long NO_LOAN = 0;

    private static final int NONE = -1;

    /** One in so many. */
    private static final int NEVER_KEPT = 8;

    private int present = NONE;
    private boolean keeps;
    private int kept;

    /** How many there are at least. */
    private int known;

    /** Counts backends: what one has lent is no other's. */
    private int lender;

    /** Returns whether a completion uses a lent buffer, whose number would be gone with its backend. */
    boolean isLending() {
        return present != NONE;
    }

    void begin(int number) {
        present = number;
        known = Math.max(known, number + 1);
    }

    /** Gives the present one back, unless it is kept. */
    void end(CompletionBackend backend) {
        int number = present;
        boolean stays = keeps;
        present = NONE;
        keeps = false;
        if (!stays) {
            backend.giveBack(number);
        }
    }

    /** Keeps the present one. */
    long keep() {
        if (present == NONE || keeps || kept >= known - known / NEVER_KEPT - 1) {
            return NO_LOAN;
        }
        keeps = true;
        kept++;
        return (long) lender << Integer.SIZE | (present + 1);
    }

    /** Returns the number of what is kept; −1 if it is no loan, or one of a backend that is gone. */
    int number(long loan) {
        return (int) (loan >> Integer.SIZE) == lender ? (int) loan - 1 : NONE;
    }

    void giveBack(CompletionBackend backend, long loan) {
        int number = number(loan);
        if (number != NONE) {
            kept--;
            backend.giveBack(number);
        }
    }

    void movedOn() {
        lender = (lender + 1) & Integer.MAX_VALUE;
        kept = 0;
        known = 0;
    }
}
