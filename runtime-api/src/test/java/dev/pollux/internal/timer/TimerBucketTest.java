package dev.pollux.internal.timer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TimerBucketTest {

    private static final long ORIGIN = 1_000_000;

    private final TimerChunks chunks = new TimerChunks();
    private final TimerBucket bucket = new TimerBucket(chunks);

    private List<TimerEntry> filled(int count) {
        List<TimerEntry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            TimerEntry entry = new TimerEntry(ORIGIN + i, i);
            entries.add(entry);
            bucket.add(entry, i);
        }
        return entries;
    }

    private void remove(TimerEntry entry) {
        bucket.remove(entry.place);
        entry.place = TimerNode.NOWHERE;
        bucket.tidy(entry.deadline - ORIGIN, ORIGIN);
    }

    private Set<TimerNode> content() {
        Set<TimerNode> content = new HashSet<>();
        for (int i = 0; i < bucket.places(); i++) {
            TimerNode node = bucket.at(i);
            if (node != null) {
                assertEquals(i, node.place);
                assertTrue(content.add(node));
            }
        }
        return content;
    }

    @Test
    void everyTimerIsAtItsPlaceHoweverManyThereAre() {
        for (int count : new int[] {0, 1, 7, 8, 9, 255, 256, 257, 1024, 1025, 3000}) {
            List<TimerEntry> entries = filled(count);

            assertEquals(count, bucket.size());
            assertEquals(count, bucket.places());
            assertEquals(new HashSet<TimerNode>(entries), content());
            bucket.forget();
            assertEquals(0, bucket.size());
            assertEquals(0, bucket.places());
        }
    }

    @Test
    void neverMoreThanHalfOfThePlacesOfManyTimersAreHoles() {
        for (int count : new int[] {17, 18, 256, 257, 513, 1500}) {
            List<TimerEntry> entries = filled(count);
            Set<TimerNode> left = new HashSet<>(entries);
            Collections.shuffle(entries, new Random(count));
            for (TimerEntry entry : entries) {
                remove(entry);
                left.remove(entry);

                assertEquals(left.size(), bucket.size());
                assertEquals(left, content());
                int places = bucket.places();
                assertTrue(places <= 16 || places <= 2 * left.size() + 1, () -> places + " for " + left.size());
            }
            assertEquals(0, bucket.places());
        }
    }

    @Test
    void timersDoNotMoveAsLongAsHalfOfThePlacesAreInUse() {
        List<TimerEntry> entries = filled(40);
        for (int i = 0; i < 20; i++) {
            remove(entries.get(i));
        }
        assertEquals(40, bucket.places());
        assertEquals(20, entries.get(20).place);

        remove(entries.get(20));

        assertEquals(19, bucket.places());
        assertEquals(0, entries.get(21).place);
    }

    @Test
    void holesOfAFewTimersStay() {
        List<TimerEntry> entries = filled(16);
        for (int i = 0; i < 15; i++) {
            remove(entries.get(i));
        }

        assertEquals(16, bucket.places());
        assertSame(entries.get(15), bucket.at(15));
    }

    @Test
    void itGrowsAgainAfterTimersHaveMovedTogether() {
        List<TimerEntry> entries = filled(600);
        Set<TimerNode> expected = new HashSet<>(entries);
        for (int i = 0; i < 345; i++) {
            remove(entries.get(i));
            expected.remove(entries.get(i));
        }
        for (int i = 0; i < 700; i++) {
            TimerEntry entry = new TimerEntry(ORIGIN + 5000 + i, i);
            bucket.add(entry, 5000 + i);
            expected.add(entry);
        }

        assertEquals(expected, content());
        assertEquals(expected.size(), bucket.size());
    }

    @Test
    void theEarliestIsExactForAFewAndALowerBoundForMany() {
        List<TimerEntry> many = filled(TimerBucket.FEW + 2);
        assertEquals(0, bucket.earliest());
        remove(many.get(0));
        assertEquals(0, bucket.earliest(), "not looked for among so many");
        remove(many.get(1));
        assertEquals(0, bucket.earliest(), "another one was cancelled");
        bucket.forget();

        List<TimerEntry> few = filled(TimerBucket.FEW + 1);
        remove(few.get(0));
        assertEquals(1, bucket.earliest());
        remove(few.get(5));
        assertEquals(1, bucket.earliest());
        remove(few.get(1));
        assertEquals(2, bucket.earliest());
        TimerEntry sooner = new TimerEntry(ORIGIN - 3, 99);
        bucket.add(sooner, -3);
        assertEquals(-3, bucket.earliest());
    }

    @Test
    void anEmptiedBucketForgetsItsEarliest() {
        List<TimerEntry> entries = filled(1);
        remove(entries.get(0));

        bucket.add(new TimerEntry(ORIGIN + 70, 1), 70);

        assertEquals(70, bucket.earliest());
    }

    @Test
    void whatIsDueIsTakenAndTheRestMovesTogether() {
        List<TimerEntry> entries = filled(300);
        bucket.remove(entries.get(0).place);
        bucket.remove(entries.get(299).place);
        DueTimers due = new DueTimers();

        bucket.takeDue(100, ORIGIN, due);

        for (int i = 1; i <= 100; i++) {
            assertSame(entries.get(i), due.poll());
        }
        assertEquals(198, bucket.size());
        assertEquals(198, bucket.places());
        assertEquals(new HashSet<TimerNode>(entries.subList(101, 299)), content());
        assertEquals(101, bucket.earliest());
    }

    @Test
    void whatHasLeftIsNotKeptInThePlacesBeyondTheLast() {
        List<TimerEntry> entries = filled(200);
        bucket.takeDue(50, ORIGIN, new DueTimers());
        for (int i = 51; i < 151; i++) {
            remove(entries.get(i));
        }

        assertTrue(bucket.places() < 80, () -> bucket.places() + " places");
        for (int i = bucket.places(); i < 200; i++) {
            assertNull(bucket.at(i));
        }
        assertEquals(new HashSet<TimerNode>(entries.subList(151, 200)), content());
    }

    @Test
    void chunksAreGivenBackEmpty() {
        filled(5 * TimerChunks.LARGE);
        bucket.forget();

        assertEquals(5, chunks.keptLarge());
        for (int i = 0; i < 5; i++) {
            for (TimerNode node : chunks.large()) {
                assertEquals(null, node);
            }
        }
        assertEquals(0, chunks.keptLarge());
        assertEquals(1, chunks.keptSmall());
    }
}
