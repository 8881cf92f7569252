package dev.pollux.internal.timer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TimerQueueTest {

    private static final long[] FROM_NANOSECONDS_TO_DECADES = {
        10, 1L << 20, 3L << 20, 1L << 27, 5L << 32, 1L << 40, 7L << 45, 1L << 59
    };

    private final TimerQueue queue = new TimerQueue(0);

    private static final class Entry extends TimerNode {

        final long deadline;
        final long sequence;

        Entry(long deadline, long sequence) {
            super(deadline, sequence);
            this.deadline = deadline;
            this.sequence = sequence;
        }
    }

    private List<TimerNode> due(long now) {
        return due(queue, now);
    }

    private static List<TimerNode> due(TimerQueue queue, long now) {
        List<TimerNode> due = new ArrayList<>();
        queue.takeDue(now, due);
        return due;
    }

    @Test
    void dueAreThoseWhoseDeadlineHasCome() {
        Entry first = new Entry(10, 0);
        Entry second = new Entry(20, 1);
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
            entries.add(new Entry(5, i));
        }
        List<TimerNode> shuffled = new ArrayList<>(entries);
        java.util.Collections.shuffle(shuffled, new Random(7));
        shuffled.forEach(queue::add);

        assertEquals(entries, due(5));
    }

    @Test
    void clockThatWrapsIsHarmless() {
        long base = Long.MAX_VALUE - 5;
        TimerQueue queue = new TimerQueue(base);
        Entry before = new Entry(base, 0);
        Entry after = new Entry(base + 10, 1);
        queue.add(after);
        queue.add(before);

        assertEquals(List.of(before), due(queue, base));
        assertEquals(10, queue.nanosToNext(base));
        assertEquals(List.of(after), due(queue, base + 10));
    }

    @Test
    void removedOnesAreGoneAndRemovingAgainDoesNothing() {
        Entry kept = new Entry(1, 0);
        Entry removed = new Entry(2, 1);
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
        List<Entry> model = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            if (!model.isEmpty() && random.nextInt(3) == 0) {
                Entry victim = model.remove(random.nextInt(model.size()));
                queue.remove(victim);
            } else {
                Entry entry = new Entry(random.nextInt(1000), i);
                model.add(entry);
                queue.add(entry);
            }
        }
        model.sort(Comparator.<Entry>comparingLong(e -> e.deadline).thenComparingLong(e -> e.sequence));

        assertEquals(model, due(1000));
        assertEquals(0, queue.size());
    }

    @Test
    void clearedQueueIsEmptyAndTakesTimersAgain() {
        List<Entry> entries = new ArrayList<>();
        for (long deadline : FROM_NANOSECONDS_TO_DECADES) {
            entries.add(new Entry(deadline, entries.size()));
            entries.add(new Entry(deadline, entries.size()));
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
            fresh.add(new Entry(deadline + 1, 0));
            fresh.add(new Entry(deadline, 1));
            fresh.add(new Entry(deadline + 2, 2));

            assertEquals(deadline, fresh.nextNanos());
            assertEquals(deadline, fresh.nanosToNext(0));
            assertEquals(List.of(), due(fresh, deadline - 1));
            assertEquals(1, fresh.nanosToNext(deadline - 1));
        }
    }

    @Test
    void timersOfOneSlotCanBeTakenOutFromAnyPlace() {
        for (int first = 0; first < 3; first++) {
            for (int second = 0; second < 3; second++) {
                TimerQueue fresh = new TimerQueue(0);
                List<Entry> entries = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    Entry entry = new Entry((1L << 30) + i, i);
                    entries.add(entry);
                    fresh.add(entry);
                }

                fresh.remove(entries.remove(first));
                fresh.remove(entries.remove(second));

                assertEquals(2, fresh.size());
                assertEquals(entries, due(fresh, 1L << 31));
                assertEquals(0, fresh.size());
            }
        }
    }

    @Test
    void lastTimerOfASlotTakesItsDeadlineWithIt() {
        Entry soon = new Entry(1L << 30, 0);
        Entry late = new Entry(1L << 40, 1);
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
        Entry late = new Entry(5, 0);
        queue.add(late);

        assertEquals(0, queue.nanosToNext(1L << 40));
        assertEquals(List.of(late), due(1L << 40));
    }

    @Test
    void nothingThatWasClearedIsToldAsTheNextDeadline() {
        queue.add(new Entry(1L << 30, 0));
        queue.clear();
        queue.add(new Entry(1L << 40, 1));

        assertEquals(1L << 40, queue.nanosToNext(0));
    }

    @Test
    void timeIsCountedFromWhereverTheClockBegan() {
        long base = (1L << 62) - (5L << 20);
        TimerQueue queue = new TimerQueue(base);
        Entry entry = new Entry(base + (5L << 20), 0);
        queue.add(entry);

        assertEquals(List.of(entry), due(queue, base + (20L << 20)));
    }
}
