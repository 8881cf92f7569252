package dev.pollux.internal.timer;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The arrays of which buckets are made, in two sizes. Some of those that a bucket gives back are kept for the next one, so
 * timers that come and go need no new memory, and a million of them leave little behind.
 */
final class TimerChunks {

    static final int SMALL = 8;
    static final int LARGE_BITS = 8;
    static final int LARGE = 1 << LARGE_BITS;

    /** How many of each size are kept. */
    static final int MAX_KEPT = 64;

    private final @Nullable TimerNode[][] small = new TimerNode[MAX_KEPT][];
    private final @Nullable TimerNode[][] large = new TimerNode[MAX_KEPT][];
    private int smallKept;
    private int largeKept;

    @Nullable
    TimerNode[] small() {
        return smallKept == 0 ? new TimerNode[SMALL] : small[--smallKept];
    }

    @Nullable
    TimerNode[] large() {
        return largeKept == 0 ? new TimerNode[LARGE] : large[--largeKept];
    }

    /** Takes an array back, whatever it holds. */
    void release(@Nullable TimerNode[] chunk) {
        Arrays.fill(chunk, null);
        if (chunk.length == SMALL) {
            if (smallKept < MAX_KEPT) {
                small[smallKept++] = chunk;
            }
        } else if (largeKept < MAX_KEPT) {
            large[largeKept++] = chunk;
        }
    }

    int keptSmall() {
        return smallKept;
    }

    int keptLarge() {
        return largeKept;
    }
}
