package dev.pollux.internal.timer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class TimerSequenceTest {

    private final TimerSequence sequence = new TimerSequence();

    @Test
    void numbersGrowWhoeverDrawsThem() {
        Random random = new Random(1);
        long last = -1;
        for (int i = 0; i < 100_000; i++) {
            long number = random.nextInt(3) == 0 ? sequence.nextOfOthers() : sequence.nextOfLoop();
            long before = last;
            assertTrue(number > before, () -> number + " after " + before);
            last = number;
        }
    }

    @Test
    void theLoopMayDrawMoreThanFitTheLowerDigits() {
        sequence.nextOfOthers();
        long last = sequence.nextOfLoop();
        for (long i = 0; i < 2 * TimerSequence.MAX_OWN + 5; i++) {
            long number = sequence.nextOfLoop();
            assertEquals(true, number > last);
            last = number;
        }

        assertTrue(sequence.nextOfOthers() > last);
        assertTrue(sequence.nextOfLoop() > last);
    }

    @Test
    void theLoopSharesNothingAsLongAsTheLowerDigitsLast() {
        long first = sequence.nextOfLoop();
        for (int i = 1; i < 1000; i++) {
            assertEquals(first + i, sequence.nextOfLoop());
        }
        assertEquals(1L << TimerSequence.OWN_BITS, sequence.nextOfOthers());
        assertEquals((1L << TimerSequence.OWN_BITS) + 1, sequence.nextOfLoop());
    }
}
