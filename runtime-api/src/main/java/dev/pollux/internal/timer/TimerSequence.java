package dev.pollux.internal.timer;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Numbers in the order in which timers are scheduled, on whichever thread.
 *
 * <p>An atomic count costs more than all else that the loop's thread does to schedule a timer. So other threads count the
 * upper digits, and the loop's thread counts the lower ones, from the upper digits that it sees. A number that is drawn
 * after another one was returned is greater, unless 2<sup>43</sup> timers of other threads lie in between.
 */
final class TimerSequence {

    static final int OWN_BITS = 20;
    static final long MAX_OWN = (1L << OWN_BITS) - 1;

    private final AtomicLong others = new AtomicLong();

    /** The last number of the loop's thread. */
    private long last;

    /** Returns the next number. Loop thread. */
    long nextOfLoop() {
        long upper = others.get() << OWN_BITS;
        if ((last & ~MAX_OWN) != upper) {
            last = upper;
        } else if ((last & MAX_OWN) == MAX_OWN) {
            last = others.incrementAndGet() << OWN_BITS;
        }
        return ++last;
    }

    /** Returns the next number. Any thread but the loop's. */
    long nextOfOthers() {
        return others.incrementAndGet() << OWN_BITS;
    }
}
