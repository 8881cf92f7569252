package dev.pollux.internal.timer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TimerQueueTest {

    private static final long[] FROM_NANOSECONDS_TO_DECADES = {
        10, 1L << 20, 3L << 20, 1L << 27, 5L << 32, 1L << 40, 7L << 45, 1L << 59
    };

    private final TimerQueue queue = new TimerQueue(0);

    private List<TimerNode> due(long now) {
        return TimerEntry.due(queue, now);
    }

    @Test
    void dueAreThoseWhoseDeadlineHasCome() {
        TimerEntry first = new TimerEntry(10, 0);
        TimerEntry second = new TimerEntry(20, 1);
        queue.add(second);
        queue.add(first);

        assertEquals(10, queue.nanosToNext(0));
        assertEquals(List.of(), due(9));
        assertEquals(List.of(first), due(10));
        assertEquals(0, queue.nanosToNext(25));
        assertEquals(List.of(second), due(25));
        assertEquals(Long.MAX_VALUE, queue.nanosToNext(25));
    }

    @Test
    void tiesGoByCreation() {
        List<TimerNode> entries = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            entries.add(new TimerEntry(5, i));
        }
        List<TimerNode> shuffled = new ArrayList<>(entries);
        Collections.shuffle(shuffled, new Random(7));
        shuffled.forEach(queue::add);

        assertEquals(entries, due(5));
    }

    @Test
    void clockThatWrapsIsHarmless() {
        long base = Long.MAX_VALUE - 5;
        TimerQueue queue = new TimerQueue(base);
        TimerEntry before = new TimerEntry(base, 0);
        TimerEntry after = new TimerEntry(base + 10, 1);
        queue.add(after);
        queue.add(before);

        assertEquals(List.of(before), TimerEntry.due(queue, base));
        assertEquals(10, queue.nanosToNext(base));
        assertEquals(List.of(after), TimerEntry.due(queue, base + 10));
    }

    @Test
    void removedOnesAreGoneAndRemovingAgainDoesNothing() {
        TimerEntry kept = new TimerEntry(1, 0);
        TimerEntry removed = new TimerEntry(2, 1);
        queue.add(kept);
        queue.add(removed);

        queue.remove(removed);
        queue.remove(removed);

        assertEquals(1, queue.size());
        assertEquals(List.of(kept), due(100));
        queue.remove(kept);
        assertEquals(0, queue.size());
    }

    @Test
    void agreesWithASortedListAfterManyAddsAndRemoves() {
        Random random = new Random(42);
        List<TimerEntry> model = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            if (!model.isEmpty() && random.nextInt(3) == 0) {
                TimerEntry victim = model.remove(random.nextInt(model.size()));
                queue.remove(victim);
            } else {
                TimerEntry entry = new TimerEntry(random.nextInt(1000), i);
                model.add(entry);
                queue.add(entry);
            }
        }
        model.sort(TimerEntry.ORDER);

        assertEquals(model, due(1000));
        assertEquals(0, queue.size());
    }

    @Test
    void clearedQueueIsEmptyAndTakesTimersAgain() {
        List<TimerEntry> entries = new ArrayList<>();
        for (long deadline : FROM_NANOSECONDS_TO_DECADES) {
            entries.add(new TimerEntry(deadline, entries.size()));
            entries.add(new TimerEntry(deadline, entries.size()));
        }
        entries.forEach(queue::add);

        queue.clear();

        assertEquals(0, queue.size());
        assertEquals(Long.MAX_VALUE, queue.nanosToNext(0));
        entries.forEach(queue::remove);
        assertEquals(0, queue.size());
        assertEquals(List.of(), due(1_000));
        entries.forEach(queue::add);
        assertEquals(entries.size(), queue.size());
        assertEquals(entries, due(Long.MAX_VALUE / 2));
    }

    @Test
    void nextDeadlineIsToldExactlyHoweverFarItIs() {
        for (long deadline : FROM_NANOSECONDS_TO_DECADES) {
            TimerQueue fresh = new TimerQueue(0);
            fresh.add(new TimerEntry(deadline + 1, 0));
            fresh.add(new TimerEntry(deadline, 1));
            fresh.add(new TimerEntry(deadline + 2, 2));

            assertEquals(deadline, fresh.nextNanos());
            assertEquals(deadline, fresh.nanosToNext(0));
            assertEquals(List.of(), TimerEntry.due(fresh, deadline - 1));
            assertEquals(1, fresh.nanosToNext(deadline - 1));
        }
    }

    @Test
    void timersOfOneSlotCanBeTakenOutFromAnyPlace() {
        for (int first = 0; first < 3; first++) {
            for (int second = 0; second < 3; second++) {
                TimerQueue fresh = new TimerQueue(0);
                List<TimerEntry> entries = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    TimerEntry entry = new TimerEntry((1L << 30) + i, i);
                    entries.add(entry);
                    fresh.add(entry);
                }

                fresh.remove(entries.remove(first));
                fresh.remove(entries.remove(second));

                assertEquals(2, fresh.size());
                assertEquals(entries, TimerEntry.due(fresh, 1L << 31));
                assertEquals(0, fresh.size());
            }
        }
    }

    @Test
    void lastTimerOfASlotTakesItsDeadlineWithIt() {
        TimerEntry soon = new TimerEntry(1L << 30, 0);
        TimerEntry late = new TimerEntry(1L << 40, 1);
        queue.add(soon);
        queue.add(late);

        queue.remove(soon);

        assertEquals(1L << 40, queue.nanosToNext(0));
        queue.remove(late);
        assertEquals(Long.MAX_VALUE, queue.nanosToNext(0));
    }

    @Test
    void timerInThePastIsDueAtOnce() {
        assertEquals(List.of(), due(1L << 40));
        TimerEntry late = new TimerEntry(5, 0);
        queue.add(late);

        assertEquals(0, queue.nanosToNext(1L << 40));
        assertEquals(List.of(late), due(1L << 40));
    }

    @Test
    void nothingThatWasClearedIsToldAsTheNextDeadline() {
        for (long deadline : new long[] {(1L << 30) + 1, 3L << 30, 1L << 40}) {
            TimerQueue fresh = new TimerQueue(0);
            fresh.add(new TimerEntry(1L << 30, 0));
            fresh.clear();
            fresh.add(new TimerEntry(deadline, 1));

            assertEquals(deadline, fresh.nanosToNext(0));
        }
    }

    @Test
    void timeIsCountedFromWhereverTheClockBegan() {
        long base = (1L << 62) - (5L << 20);
        TimerQueue queue = new TimerQueue(base);
        TimerEntry entry = new TimerEntry(base + (5L << 20), 0);
        queue.add(entry);

        assertEquals(List.of(entry), TimerEntry.due(queue, base + (20L << 20)));
    }

    // Slots.

    /** A deadline at the edge of each slot of each level, and one nanosecond before and after it. */
    @Test
    void noTimerIsEarlyOrLateAtTheEdgeOfASlotOfAnyLevel() {
        for (int bit = 1; bit < 62; bit++) {
            for (long begin : new long[] {0, 1, (1L << bit) - 1}) {
                TimerQueue fresh = new TimerQueue(0);
                assertEquals(List.of(), TimerEntry.due(fresh, begin));
                List<TimerEntry> entries = new ArrayList<>();
                for (long deadline : new long[] {(1L << bit) + 1, (1L << bit) - 1, 1L << bit, 3L << (bit - 1)}) {
                    TimerEntry entry = new TimerEntry(deadline, entries.size());
                    entries.add(entry);
                    fresh.add(entry);
                }
                entries.sort(TimerEntry.ORDER);
                long now = begin;
                for (TimerEntry entry : entries) {
                    if (entry.deadline > now + 1) {
                        assertEquals(entry.deadline - now, fresh.nanosToNext(now));
                        assertEquals(List.of(), TimerEntry.due(fresh, entry.deadline - 1));
                    }
                    now = Math.max(now, entry.deadline);
                    if (entry.place != TimerNode.NOWHERE) {
                        List<TimerNode> due = TimerEntry.due(fresh, now);
                        assertEquals(entry, due.get(0));
                    }
                }
                assertEquals(0, fresh.size());
            }
        }
    }

    /** So many that they are spread to finer slots, or just not so many. */
    @Test
    void anyNumberOfTimersOfOneSlotRunsInOrderHoweverTimeGoesOn() {
        long origin = 1L << 50;
        for (int count : new int[] {15, 16, 17, 300, TimerQueue.MANY, TimerQueue.MANY + 1}) {
            for (int steps : new int[] {1, 2, 7, 100}) {
                Random random = new Random(count + steps);
                TimerQueue fresh = new TimerQueue(origin);
                List<TimerEntry> entries = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    TimerEntry entry = new TimerEntry(origin + (1L << 30) + random.nextInt(1 << 28), i);
                    entries.add(entry);
                    fresh.add(entry);
                }
                entries.sort(TimerEntry.ORDER);
                List<TimerNode> run = new ArrayList<>();
                for (int step = 1; step <= steps; step++) {
                    long now = origin + (1L << 30) + (long) (1 << 28) * step / steps;
                    for (TimerNode due : TimerEntry.due(fresh, now)) {
                        assertTrue(due.deadlineNanos <= now, "early");
                        run.add(due);
                    }
                    assertEquals(count - run.size(), fresh.size());
                    if (fresh.size() > 0) {
                        long told = now + fresh.nanosToNext(now);
                        long next = entries.get(run.size()).deadline;
                        assertTrue(told > now && told <= next, () -> "told " + told + ", due at " + next);
                    }
                }
                assertEquals(entries, run);
            }
        }
    }

    @Test
    void aSlotOfVeryManyAtItsFirstNanosecondRunsInOrder() {
        List<TimerEntry> entries = new ArrayList<>();
        for (int i = 0; i <= TimerQueue.MANY; i++) {
            entries.add(new TimerEntry((1L << 36) + i / 5, i));
        }
        List<TimerEntry> shuffled = new ArrayList<>(entries);
        Collections.shuffle(shuffled, new Random(3));
        shuffled.forEach(queue::add);

        assertEquals(entries.subList(0, 5), due(1L << 36));
        assertEquals(entries.subList(5, 15), due((1L << 36) + 2));
        assertEquals(entries.subList(15, entries.size()), due(1L << 37));
    }

    @Test
    void veryManyTimersOfOneNanosecondRunInTheOrderOfTheirCreation() {
        List<TimerEntry> entries = new ArrayList<>();
        for (int i = 0; i < 3 * TimerQueue.MANY; i++) {
            entries.add(new TimerEntry(1L << 40, i));
        }
        List<TimerEntry> shuffled = new ArrayList<>(entries);
        Collections.shuffle(shuffled, new Random(3));
        shuffled.forEach(queue::add);

        assertEquals(List.of(), due((1L << 40) - 1));
        assertEquals(entries, due(1L << 40));
    }

    @Test
    void aDayAtOnceRunsAllOfItInOrder() {
        long day = 24L * 3600 * 1_000_000_000;
        Random random = new Random(5);
        List<TimerEntry> entries = new ArrayList<>();
        for (int i = 0; i < 50_000; i++) {
            TimerEntry entry = new TimerEntry(1 + random.nextLong(2 * day), i);
            entries.add(entry);
            queue.add(entry);
        }
        entries.sort(TimerEntry.ORDER);

        List<TimerNode> first = due(day);
        List<TimerNode> second = due(2 * day);

        first.forEach(node -> assertTrue(node.deadlineNanos <= day));
        first.addAll(second);
        assertEquals(entries, first);
    }

    // What happens while a turn runs its timers.

    @Test
    void whatIsDueAlreadyWhenItIsAddedWaitsForTheNextTurn() {
        TimerEntry first = new TimerEntry(10, 0);
        TimerEntry second = new TimerEntry(1L << 20, 1);
        TimerEntry late = new TimerEntry(5, 2);
        TimerEntry now = new TimerEntry(1L << 21, 3);
        TimerEntry soon = new TimerEntry((1L << 21) + 1, 4);
        queue.add(first);
        queue.add(second);
        queue.begin(1L << 21);
        assertEquals(first, queue.poll());

        queue.add(now);
        queue.add(late);
        queue.add(soon);

        assertEquals(4, queue.size());
        assertEquals(second, queue.poll());
        assertNull(queue.poll());
        assertEquals(0, queue.nanosToNext(1L << 21));
        assertEquals(List.of(late, now), due(1L << 21));
        assertEquals(1, queue.nanosToNext(1L << 21));
        assertEquals(List.of(soon), due((1L << 21) + 1));
    }

    @Test
    void whatIsRemovedInATurnDoesNotRunInIt() {
        List<TimerEntry> entries = new ArrayList<>();
        for (long deadline : new long[] {10, 11, 1L << 20, (1L << 20) + 1, 1L << 30, (1L << 30) + 1}) {
            TimerEntry entry = new TimerEntry(deadline, entries.size());
            entries.add(entry);
            queue.add(entry);
        }
        queue.begin(1L << 31);
        assertEquals(entries.get(0), queue.poll());
        TimerEntry late = new TimerEntry(7, 9);
        queue.add(late);

        for (int i : new int[] {1, 3, 4}) {
            queue.remove(entries.get(i));
        }
        queue.remove(late);
        queue.remove(entries.get(0));

        assertEquals(2, queue.size());
        assertEquals(entries.get(2), queue.poll());
        assertEquals(entries.get(5), queue.poll());
        assertNull(queue.poll());
        assertEquals(0, queue.size());
        assertEquals(List.of(), due(1L << 31));
    }

    @Test
    void whatATurnDidNotGetToRunsInTheNextOneInOrderWhereverTheClockBegan() {
        for (long origin : new long[] {0, 1L << 40, -1L << 40, Long.MAX_VALUE - 10}) {
            TimerQueue fresh = new TimerQueue(origin);
            long now = origin + (1L << 21);
            List<TimerEntry> entries = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                TimerEntry entry = new TimerEntry(origin + (1L << 20) + i * 50L, i);
                entries.add(entry);
                fresh.add(entry);
            }
            fresh.begin(now);
            for (int i = 0; i < 3; i++) {
                assertEquals(entries.get(i), fresh.poll());
            }
            TimerEntry late = new TimerEntry(origin + 1, 50);
            TimerEntry lessLate = new TimerEntry(origin + 2, 51);
            fresh.add(lessLate);
            fresh.add(late);
            assertEquals(0, fresh.nanosToNext(now));

            List<TimerNode> rest = TimerEntry.due(fresh, now);

            assertEquals(List.of(late, lessLate), rest.subList(0, 2));
            assertEquals(entries.subList(3, 40), rest.subList(2, 39));
            assertEquals(0, fresh.size());
        }
    }

    @Test
    void aQueueThatIsClearedAmidATurnRunsNothingMore() {
        TimerEntry first = new TimerEntry(1L << 20, 0);
        queue.add(first);
        for (int i = 1; i < 40; i++) {
            queue.add(new TimerEntry((1L << 20) + i, i));
        }
        queue.begin(1L << 21);
        assertEquals(first, queue.poll());
        queue.add(new TimerEntry(5, 50));

        queue.clear();

        assertNull(queue.poll());
        assertEquals(0, queue.size());
        assertEquals(Long.MAX_VALUE, queue.nanosToNext(1L << 21));
        assertEquals(List.of(), due(1L << 22));
    }

    @Test
    void timersThatAddOneAnotherWithoutDelayRunOneInEachTurn() {
        TimerEntry entry = new TimerEntry(0, 0);
        queue.add(entry);
        for (int i = 1; i <= 100_000; i++) {
            queue.begin(0);
            assertEquals(entry, queue.poll());
            entry = new TimerEntry(0, i);
            queue.add(entry);
            assertNull(queue.poll());
        }
        assertEquals(1, queue.size());
    }

    @Test
    void manyThatAreDueAtOnceRunInOrderBesideManyThatAreNot() {
        List<TimerEntry> due = new ArrayList<>();
        due(20_000);
        for (int i = 0; i < 100_000; i++) {
            TimerEntry entry = new TimerEntry(i * 37L % 20_000, i);
            due.add(entry);
            queue.add(entry);
            queue.add(new TimerEntry(20_001 + i % 10, i));
        }
        due.sort(TimerEntry.ORDER);

        assertEquals(due, due(20_000));
        assertEquals(1, queue.nanosToNext(20_000));
        assertEquals(100_000, queue.size());
    }

    @Test
    void aClockThatGoesBackRunsNothingTwice() {
        TimerEntry first = new TimerEntry(10, 0);
        TimerEntry second = new TimerEntry(30, 1);
        queue.add(first);
        queue.add(second);

        assertEquals(List.of(first), due(20));
        assertEquals(List.of(), due(15));
        assertEquals(List.of(second), due(30));
    }

    // What is left when timers are removed.

    @Test
    void theNextOfAFewTimersIsToldExactlyAfterACancel() {
        List<TimerEntry> entries = new ArrayList<>();
        for (int i = 0; i <= TimerBucket.FEW; i++) {
            entries.add(new TimerEntry((1L << 40) + i, i));
        }
        entries.forEach(queue::add);

        for (int i = 0; i < TimerBucket.FEW; i++) {
            queue.remove(entries.get(i));
            assertEquals((1L << 40) + i + 1, queue.nanosToNext(0));
            assertEquals((1L << 40) + i + 1, queue.nextNanos());
        }
        queue.remove(entries.get(TimerBucket.FEW));
        assertEquals(Long.MAX_VALUE, queue.nanosToNext(0));
    }

    @Test
    void aTimerThatIsRemovedAndDueInTheMeantimeDoesNotRun() {
        List<TimerEntry> entries = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            entries.add(new TimerEntry((1L << 24) + i * 100L, i));
        }
        entries.forEach(queue::add);
        for (int i = 0; i < 999; i += 2) {
            queue.remove(entries.get(i));
        }

        assertEquals(500, queue.size());
        List<TimerNode> run = due((1L << 24) + 50_000);
        run.addAll(due(1L << 25));
        for (int i = 0; i < 500; i++) {
            assertEquals(entries.get(2 * i + 1), run.get(i));
        }
        assertEquals(500, run.size());
    }
}
