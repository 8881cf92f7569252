package dev.pollux.internal.selector;

/**
 * Guesses whether a source will be ready already, so that a look finds it and spares what it takes to sleep: two
 * compare-and-sets, for most threads two monitors, and often a reading of the clock. A look for nothing costs a system call,
 * which is several times as much, so only a selector that is busy all the time looks first.
 */
final class ReadyGuess {

    /** A wrong guess counts as much as this many right ones: about what a look costs for what it spares. */
    private static final int WRONG = 5;

    private static final int MOST = 10;

    /** How many selects in a row do not look, as a power of two, once a look has found nothing. */
    private int doubt = 6;

    private int left = 1 << doubt;

    /** Returns whether this select, which may sleep, looks first. */
    boolean looksFirst() {
        return left == 0 || --left == 0;
    }

    /** Notes that a look has found something. */
    void wasRight() {
        doubt = Math.max(0, doubt - 1);
    }

    /** Notes that a look has found nothing. */
    void wasWrong() {
        doubt = Math.min(MOST, doubt + WRONG);
        left = 1 << doubt;
    }
}
