package dev.pollux.internal.timer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class LongestTest {

    private final Longest longest = new Longest();

    @Test
    void theLongestStaysUntilAReset() {
        longest.add(3);
        longest.add(7);
        longest.add(5);

        assertEquals(7, longest.nanos());
        assertEquals(7, longest.reset());
        assertEquals(0, longest.nanos());
        longest.add(2);
        assertEquals(2, longest.reset());
        assertEquals(0, longest.reset());
    }

    /** Times only grow, so each reset that returns anything returns more than the one before, and none goes missing. */
    @Test
    void whatIsAddedDuringAResetCountsBeforeOrAfterItAndNeverTwice() throws InterruptedException {
        int last = 200_000;
        Thread adding = new Thread(() -> {
            for (int nanos = 1; nanos <= last; nanos++) {
                longest.add(nanos);
            }
        });
        List<Long> returned = new ArrayList<>(List.of(0L));

        adding.start();
        while (adding.isAlive()) {
            note(longest.reset(), returned);
        }
        adding.join();
        note(longest.reset(), returned);

        assertEquals(last, returned.get(returned.size() - 1));
    }

    private static void note(long nanos, List<Long> returned) {
        if (nanos != 0) {
            assertTrue(nanos > returned.get(returned.size() - 1), () -> nanos + " after " + returned);
            returned.add(nanos);
        }
    }
}
