package dev.pollux.internal.timer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The queue against a plain list that is sorted at every look, over delays of nanoseconds to centuries. */
class TimerQueuePropertiesTest {

    private static final class Entry extends TimerNode {

        final long deadline;
        final long sequence;

        Entry(long deadline, long sequence) {
            super(deadline, sequence);
            this.deadline = deadline;
            this.sequence = sequence;
        }

        @Override
        public String toString() {
            return "timer " + sequence + " at " + deadline;
        }
    }

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
        List<Entry> model = new ArrayList<>();
        List<Entry> made = new ArrayList<>();
        long now = start;
        for (Step step : history) {
            switch (step.kind) {
                case ADD -> {
                    Entry entry = new Entry(now + step.nanos, made.size());
                    made.add(entry);
                    model.add(entry);
                    queue.add(entry);
                }
                case CANCEL -> {
                    if (!made.isEmpty()) {
                        Entry entry = made.get((int) (step.nanos % made.size()));
                        queue.remove(entry);
                        model.remove(entry);
                    }
                }
                case PASS -> now += step.nanos;
            }
            assertEquals(model.size(), queue.size());
            checkNext(queue, model, now);
            List<TimerNode> due = new ArrayList<>();
            queue.takeDue(now, due);
            assertEquals(dueOf(model, now), due);
            model.removeAll(due);
        }
    }

    private static void checkNext(TimerQueue queue, List<Entry> model, long now) {
        long exact = model.stream()
                .mapToLong(entry -> Math.max(0, entry.deadline - now))
                .min()
                .orElse(Long.MAX_VALUE);
        long told = queue.nanosToNext(now);
        assertTrue(told <= exact, () -> "sleeps " + told + " ns, the next timer is due in " + exact + " ns");
    }

    private static List<Entry> dueOf(List<Entry> model, long now) {
        Comparator<Entry> byDeadline = (a, b) -> Long.signum(a.deadline - b.deadline);
        return model.stream()
                .filter(entry -> entry.deadline - now <= 0)
                .sorted(byDeadline.thenComparingLong(entry -> entry.sequence))
                .collect(Collectors.toList());
    }

    /** The loop may wake for nothing after a cancel, but only once: the queue looks again then and knows better. */
    @Property(tries = 500)
    void sleepingUntilTheNextIsReachedInFewSteps(@ForAll("histories") List<Step> history) {
        TimerQueue queue = new TimerQueue(0);
        List<Entry> made = new ArrayList<>();
        for (Step step : history) {
            if (step.kind == Kind.ADD) {
                Entry entry = new Entry(step.nanos, made.size());
                made.add(entry);
                queue.add(entry);
            } else if (step.kind == Kind.CANCEL && !made.isEmpty()) {
                queue.remove(made.get((int) (step.nanos % made.size())));
            }
        }
        long now = 0;
        int waits = 0;
        List<TimerNode> due = new ArrayList<>();
        while (queue.size() > 0) {
            int before = due.size();
            now += queue.nanosToNext(now);
            queue.takeDue(now, due);
            waits = due.size() > before ? 0 : waits + 1;
            assertTrue(waits <= 8, "woke " + waits + " times for nothing in a row");
        }
    }
}
