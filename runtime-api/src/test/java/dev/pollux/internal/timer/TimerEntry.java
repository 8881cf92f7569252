package dev.pollux.internal.timer;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A timer that runs nothing. */
final class TimerEntry extends TimerNode {

    /** By deadline, ties by creation, as the queue has it. */
    static final Comparator<TimerEntry> ORDER =
            Comparator.<TimerEntry>comparingLong(entry -> entry.deadline).thenComparingLong(entry -> entry.sequence);

    final long deadline;
    final long sequence;

    TimerEntry(long deadline, long sequence) {
        super(deadline, sequence);
        this.deadline = deadline;
        this.sequence = sequence;
    }

    /** Runs a whole turn at {@code now}, and returns what was due. */
    static List<TimerNode> due(TimerQueue queue, long now) {
        queue.begin(now);
        List<TimerNode> due = new ArrayList<>();
        for (TimerNode node = queue.poll(); node != null; node = queue.poll()) {
            due.add(node);
        }
        return due;
    }

    @Override
    public String toString() {
        return "timer " + sequence + " at " + deadline;
    }
}
