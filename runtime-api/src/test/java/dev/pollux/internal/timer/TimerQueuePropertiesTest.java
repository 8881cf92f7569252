package dev.pollux.internal.timer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** The queue against a plain list that is sorted at every look, over delays of nanoseconds to centuries. */
class TimerQueuePropertiesTest {

    /** One of: add a timer {@code nanos} from now, let {@code nanos} pass, cancel the timer number {@code nanos}. */
    record Step(Kind kind, long nanos) {}

    enum Kind {
        ADD,
        PASS,
        CANCEL
    }

    @Provide
    Arbitrary<List<Step>> histories() {
        Arbitrary<Long> spans = Arbitraries.integers()
                .between(0, 58)
                .flatMap(bits -> Arbitraries.longs().between(0, 1L << bits));
        Arbitrary<Step> adds = spans.map(nanos -> new Step(Kind.ADD, nanos));
        Arbitrary<Step> passes = spans.map(nanos -> new Step(Kind.PASS, nanos));
        Arbitrary<Step> cancels = Arbitraries.longs().between(0, 40).map(number -> new Step(Kind.CANCEL, number));
        return Arbitraries.frequencyOf(
                        net.jqwik.api.Tuple.of(4, adds),
                        net.jqwik.api.Tuple.of(2, passes),
                        net.jqwik.api.Tuple.of(2, cancels))
                .list()
                .ofMaxSize(120);
    }

    @Property(tries = 2000)
    void agreesWithASortedList(@ForAll("histories") List<Step> history, @ForAll long start) {
        TimerQueue queue = new TimerQueue(start);
        List<TimerEntry> model = new ArrayList<>();
        List<TimerEntry> made = new ArrayList<>();
        long now = start;
        for (Step step : history) {
            switch (step.kind) {
                case ADD -> {
                    TimerEntry entry = new TimerEntry(now + step.nanos, made.size());
                    made.add(entry);
                    model.add(entry);
                    queue.add(entry);
                }
                case CANCEL -> {
                    if (!made.isEmpty()) {
                        TimerEntry entry = made.get((int) (step.nanos % made.size()));
                        queue.remove(entry);
                        model.remove(entry);
                    }
                }
                case PASS -> now += step.nanos;
            }
            assertEquals(model.size(), queue.size());
            checkNext(queue, model, now);
            List<TimerNode> due = TimerEntry.due(queue, now);
            assertEquals(dueOf(model, now), due);
            model.removeAll(due);
        }
    }

    /** Timers come in crowds, of which some share slots and nanoseconds, and most are removed again. */
    @Property(tries = 300)
    void agreesWithASortedListInCrowds(@ForAll Random random, @ForAll @IntRange(min = 1, max = 61) int bits) {
        TimerQueue queue = new TimerQueue(0);
        List<TimerEntry> model = new ArrayList<>();
        long now = 0;
        int made = 0;
        for (int round = 0; round < 12; round++) {
            int count = random.nextInt(400);
            long span = 1L << random.nextInt(bits);
            long base = now + random.nextLong(1L << bits) % (Long.MAX_VALUE / 16);
            for (int i = 0; i < count; i++) {
                TimerEntry entry = new TimerEntry(base + (random.nextLong() & (span - 1)), made++);
                model.add(entry);
                queue.add(entry);
            }
            Collections.shuffle(model, random);
            for (int i = random.nextInt(model.size() + 1); i > 0; i--) {
                queue.remove(model.remove(model.size() - 1));
            }
            assertEquals(model.size(), queue.size());
            checkNext(queue, model, now);
            now += model.isEmpty() || random.nextBoolean()
                    ? random.nextLong(1L << bits) % (Long.MAX_VALUE / 16)
                    : Math.max(0, model.get(0).deadline - now);
            now = turnWithChanges(queue, model, now, made, random);
            made += 1000;
        }
        assertEquals(dueOf(model, Long.MAX_VALUE), TimerEntry.due(queue, Long.MAX_VALUE));
    }

    /** What a turn runs adds some timers and removes some. */
    private static long turnWithChanges(TimerQueue queue, List<TimerEntry> model, long now, int from, Random random) {
        List<TimerEntry> expected = new ArrayList<>(dueOf(model, now));
        int made = from;
        queue.begin(now);
        for (TimerNode run = queue.poll(); run != null; run = queue.poll()) {
            assertEquals(expected.remove(0), run);
            model.remove(run);
            if (random.nextInt(3) == 0 && made < from + 1000) {
                TimerEntry added = new TimerEntry(now + random.nextInt(5) - 2, made++);
                model.add(added);
                queue.add(added);
            }
            if (random.nextInt(3) == 0 && !model.isEmpty()) {
                TimerEntry removed = model.remove(random.nextInt(model.size()));
                expected.remove(removed);
                queue.remove(removed);
            }
            assertEquals(model.size(), queue.size());
        }
        assertEquals(List.of(), expected);
        checkNext(queue, model, now);
        return now;
    }

    private static void checkNext(TimerQueue queue, List<TimerEntry> model, long now) {
        long exact = model.stream()
                .mapToLong(entry -> Math.max(0, entry.deadline - now))
                .min()
                .orElse(Long.MAX_VALUE);
        long told = queue.nanosToNext(now);
        assertTrue(told <= exact, () -> "sleeps " + told + " ns, the next timer is due in " + exact + " ns");
    }

    private static List<TimerEntry> dueOf(List<TimerEntry> model, long now) {
        Comparator<TimerEntry> byDeadline = (a, b) -> Long.signum(a.deadline - b.deadline);
        return model.stream()
                .filter(entry -> entry.deadline - now <= 0)
                .sorted(byDeadline.thenComparingLong(entry -> entry.sequence))
                .collect(Collectors.toList());
    }

    /** The loop may wake for nothing after a cancel, but only once: the queue looks again then and knows better. */
    @Property(tries = 500)
    void sleepingUntilTheNextIsReachedInFewSteps(@ForAll("histories") List<Step> history) {
        TimerQueue queue = new TimerQueue(0);
        List<TimerEntry> made = new ArrayList<>();
        for (Step step : history) {
            if (step.kind == Kind.ADD) {
                TimerEntry entry = new TimerEntry(step.nanos, made.size());
                made.add(entry);
                queue.add(entry);
            } else if (step.kind == Kind.CANCEL && !made.isEmpty()) {
                queue.remove(made.get((int) (step.nanos % made.size())));
            }
        }
        long now = 0;
        int waits = 0;
        while (queue.size() > 0) {
            now += queue.nanosToNext(now);
            waits = TimerEntry.due(queue, now).isEmpty() ? waits + 1 : 0;
            assertTrue(waits <= 8, "woke " + waits + " times for nothing in a row");
        }
    }
}
