package dev.pollux.internal.timer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TimerHeapTest {

    private final TimerHeap heap = new TimerHeap();

    private static final class Node extends TimerNode {

        Node(long deadlineNanos, long sequence) {
            super(deadlineNanos, sequence);
        }
    }

    /** Nodes in the order in which they are due; every third has the deadline of the one before. */
    private static List<TimerNode> inOrder(int count) {
        List<TimerNode> nodes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            nodes.add(new Node(i - i % 3 / 2, i));
        }
        return nodes;
    }

    private List<TimerNode> drained() {
        List<TimerNode> nodes = new ArrayList<>();
        for (TimerNode first = heap.first(); first != null; first = heap.first()) {
            heap.remove(first);
            nodes.add(first);
        }
        return nodes;
    }

    @Test
    void timersComeOutInOrderWhateverTheOrderTheyCameIn() {
        List<TimerNode> nodes = inOrder(100);
        for (int seed = 0; seed < 20; seed++) {
            List<TimerNode> shuffled = new ArrayList<>(nodes);
            Collections.shuffle(shuffled, new Random(seed));
            shuffled.forEach(heap::add);

            assertEquals(100, heap.size());
            assertEquals(nodes, drained());
        }
    }

    @Test
    void anyTimerCanBeTakenOutOfAnyArrangement() {
        for (int count = 1; count <= 20; count++) {
            for (int victim = 0; victim < count; victim++) {
                List<TimerNode> nodes = inOrder(count);
                List<TimerNode> shuffled = new ArrayList<>(nodes);
                Collections.shuffle(shuffled, new Random(31L * count + victim));
                shuffled.forEach(heap::add);
                TimerNode taken = nodes.remove(victim);

                heap.remove(taken);

                assertEquals(TimerNode.NOWHERE, taken.place);
                assertEquals(count - 1, heap.size());
                assertEquals(nodes, drained());
            }
        }
    }

    @Test
    void clearedHeapHoldsNothingAndItsTimersAreNowhere() {
        List<TimerNode> nodes = inOrder(40);
        nodes.forEach(heap::add);

        heap.clear();

        assertEquals(0, heap.size());
        assertNull(heap.first());
        nodes.forEach(node -> assertEquals(TimerNode.NOWHERE, node.place));
        heap.add(nodes.get(1));
        assertSame(nodes.get(1), heap.first());
        heap.add(nodes.get(0));
        assertSame(nodes.get(0), heap.first());
    }
}
