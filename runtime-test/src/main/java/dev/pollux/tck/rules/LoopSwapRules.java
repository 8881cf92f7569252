package dev.pollux.tck.rules;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.Events;
import dev.pollux.tck.source.TestSource;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** SWAP-2: a loop that is swapped under load. */
public interface LoopSwapRules extends LoopRuleGroup {

    @Test
    @Rule("SWAP-2")
    default void swappingUnderLoadLosesNoByteTaskOrTimer() throws Exception {
        int rounds = 300;
        int size = 100;
        // The smallest buffers, of Unix-domain sockets on Linux, hold fewer than 300 messages however small they are.
        int unread = 32 * size;
        byte[] sent = new byte[rounds * size];
        for (int i = 0; i < sent.length; i++) {
            sent[i] = (byte) (i * 31 + i / 251);
        }
        TestSource.Connection source = sources().connection();
        AtomicInteger taken = new AtomicInteger();
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        CompletableFuture<byte[]> all = new CompletableFuture<>();
        List<Integer> tasks = new ArrayList<>();
        AtomicInteger timers = new AtomicInteger();
        byte[] some = new byte[64];
        loop().register(source.fileobj(), Events.READ, (handle, ready) -> {
            received.write(some, 0, source.end().read(some));
            taken.set(received.size());
            if (received.size() >= sent.length) {
                all.complete(received.toByteArray());
            }
        });
        loop().start();
        List<CompletableFuture<Void>> swaps = new ArrayList<>();

        for (int round = 0; round < rounds; round++) {
            int number = round;
            int from = round * size;
            fixture().await(() -> from - taken.get() <= unread, "what was sent is read");
            source.send(Arrays.copyOfRange(sent, from, from + size));
            loop().execute(() -> tasks.add(number));
            loop().schedule(Duration.ofNanos(round * 1000L), timers::incrementAndGet);
            if (round % 10 == 0) {
                swaps.add(loop().swap(fixture().subject.provider().name()));
            }
        }

        assertArrayEquals(sent, fixture().soon(all));
        for (CompletableFuture<Void> swap : swaps) {
            fixture().soon(swap);
        }
        fixture().await(() -> timers.get() == rounds, "every timer has run");
        CompletableFuture<List<Integer>> ran = new CompletableFuture<>();
        loop().execute(() -> ran.complete(List.copyOf(tasks)));
        assertEquals(IntStream.range(0, rounds).boxed().toList(), fixture().soon(ran));
        assertEquals(calls().opened(), calls().closed() + 1, "every backend but the last is closed");
        assertEquals(0, fixture().failures.size(), fixture().failures::toString);
    }
}
