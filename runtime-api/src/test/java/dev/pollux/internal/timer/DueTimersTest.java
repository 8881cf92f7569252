package dev.pollux.internal.timer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;

class DueTimersTest {

    private final DueTimers due = new DueTimers();

    private void runsInOrder(int count, LongUnaryOperator deadline) {
        List<TimerEntry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            entries.add(new TimerEntry(deadline.applyAsLong(i), i));
        }
        Collections.shuffle(entries, new Random(count));
        entries.forEach(entry -> due.add(entry, entry.deadline));
        entries.sort(TimerEntry.ORDER);
        due.sort();
        for (TimerEntry entry : entries) {
            assertFalse(due.isEmpty());
            assertEquals(TimerNode.DUE, entry.place);
            assertEquals(entry, due.poll());
            assertEquals(TimerNode.NOWHERE, entry.place);
        }
        assertTrue(due.isEmpty());
        assertNull(due.poll());
    }

    @Test
    void anyNumberRunsInOrder() {
        for (int count = 0; count < 140; count++) {
            Random random = new Random(count);
            runsInOrder(count, i -> random.nextInt(1000) - 500);
        }
        runsInOrder(DueTimers.MAX_KEPT, i -> i * 7919 % 5003);
        runsInOrder(DueTimers.MAX_KEPT + 1, i -> i * 7919 % 5003);
        runsInOrder(100_000, i -> i * 7919 % 5003);
        runsInOrder(50, i -> -i);
    }

    @Test
    void manyRunInOrderHoweverFarTheyReach() {
        for (int bits = 1; bits < 62; bits++) {
            Random random = new Random(bits);
            long span = 1L << bits;
            runsInOrder(1000, i -> random.nextLong(span) - span / 2);
        }
    }

    @Test
    void tiesRunInTheOrderOfTheirCreation() {
        for (int count : new int[] {2, 16, 17, 100, 5000}) {
            runsInOrder(count, i -> 5);
            runsInOrder(count, i -> i / 3);
        }
    }

    @Test
    void timesThatAreFarApartRunInOrder() {
        for (int bits = 40; bits < 63; bits++) {
            long span = 1L << bits;
            runsInOrder(100, i -> (i & 1) * span + i / 2);
            runsInOrder(100, i -> (i & 1) * span - i / 2);
            runsInOrder(1000, i -> (i & 1) * span - i / 2);
        }
        runsInOrder(64, i -> i << 57);
    }

    @Test
    void timesBeforeAndAfterTheBeginningRunInOrderHoweverFarApart() {
        for (int bits = 20; bits < 62; bits++) {
            long far = 1L << bits;
            runsInOrder(100, i -> (i & 1) == 0 ? -far + i : far - i);
            runsInOrder(100, i -> far - 25 + i);
        }
    }

    @Test
    void timersThatHaveRunAreLetGoOf() {
        List<WeakReference<TimerEntry>> entries = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            TimerEntry entry = new TimerEntry(100 - i, i);
            entries.add(new WeakReference<>(entry));
            due.add(entry, 100 - i);
        }
        due.sort();
        due.clear();

        for (int i = 0; i < 20 && entries.stream().anyMatch(entry -> entry.get() != null); i++) {
            System.gc();
        }

        assertEquals(0, entries.stream().filter(entry -> entry.get() != null).count());
    }

    @Test
    void whatIsTakenOutMeanwhileIsLeftOut() {
        List<TimerEntry> entries = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            TimerEntry entry = new TimerEntry(100 - i, i);
            entries.add(entry);
            due.add(entry, 100 - i);
        }
        due.sort();
        assertEquals(entries.get(39), due.poll());

        entries.get(38).place = TimerNode.NOWHERE;

        assertEquals(entries.get(37), due.poll());
        due.clear();
        assertTrue(due.isEmpty());
        assertEquals(TimerNode.NOWHERE, entries.get(0).place);
        assertNull(due.poll());
    }

    @Test
    void theRoomOfVeryManyIsGivenUpAndThatOfFewerIsKept() {
        runsInOrder(DueTimers.MAX_KEPT, i -> -i);
        due.trim();
        assertEquals(DueTimers.MAX_KEPT, due.room());
        runsInOrder(DueTimers.MAX_KEPT + 1, i -> -i);
        assertEquals(2 * DueTimers.MAX_KEPT, due.room());

        due.trim();

        assertEquals(DueTimers.FEW, due.room());
        runsInOrder(100, i -> -i);
    }
}
