package dev.pollux.tck.fake;

import static dev.pollux.Events.EDGE;
import static dev.pollux.Events.ERROR;
import static dev.pollux.Events.HANGUP;
import static dev.pollux.Events.READ;
import static dev.pollux.Events.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Capability;
import dev.pollux.EventSelector;
import dev.pollux.Fd;
import dev.pollux.NativeIOException;
import dev.pollux.Ready;
import dev.pollux.Selectors;
import dev.pollux.UnsupportedEventsException;
import dev.pollux.tck.fake.FakeBackendProvider.Call;
import dev.pollux.tck.source.Descriptors;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the fake promises beyond the contract, which {@link FakeRulesTest} has it keep. */
class FakeKernelTest {

    private final ManualClock clock = ManualClock.startingAt(Long.MAX_VALUE - 10);

    private FakeKernel.Builder simulated() {
        return FakeKernel.builder().clock(clock).singleThreaded();
    }

    private EventSelector open(FakeKernel kernel) throws IOException {
        return Selectors.open(kernel.provider(), clock);
    }

    @Test
    void aWaitWithNothingToReportMovesTheClockInsteadOfWaiting() throws IOException {
        FakeKernel kernel = simulated().build();
        try (EventSelector selector = open(kernel);
                FakeSource source = kernel.source()) {
            selector.register(source, READ);
            long start = clock.nanoTime();

            assertEquals(List.of(), selector.select(Duration.ofDays(400)));
            assertEquals(Duration.ofDays(400).toNanos(), clock.nanoTime() - start);
            assertTrue(clock.nanoTime() < start, "the count has wrapped");

            source.makeReadable();
            assertEquals(1, selector.select(Duration.ofDays(400)).size());
            assertEquals(Duration.ofDays(400).toNanos(), clock.nanoTime() - start, "what is ready takes no time");
        }
    }

    @Test
    void aWaitThatNobodyCanEndFailsInsteadOfHanging() throws IOException {
        FakeKernel kernel = simulated().build();
        try (EventSelector selector = open(kernel)) {
            IllegalStateException failure = assertThrows(IllegalStateException.class, selector::select);

            assertTrue(String.valueOf(failure.getMessage()).contains("leave out singleThreaded()"));
            selector.wakeup();
            assertEquals(List.of(), selector.select(), "a wakeup ends it");
        }
    }

    @Test
    @Timeout(60)
    void aWaitWithoutLimitIsEndedByAnotherThread() throws IOException {
        FakeKernel kernel = FakeKernel.builder().clock(clock).build();
        long start = clock.nanoTime();
        try (EventSelector selector = open(kernel)) {
            FakeSource source = kernel.source();
            selector.register(source, READ);

            CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
                try {
                    source.makeReadable();
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });

            assertEquals(1, selector.select().size());
            sending.join();
            CompletableFuture<Void> waking = CompletableFuture.runAsync(selector::wakeup);
            assertEquals(1, source.drain());
            assertEquals(List.of(), selector.select());
            waking.join();
        }
        assertEquals(start, clock.nanoTime());
    }

    @Test
    void theClockDoesNotGoBack() {
        clock.set(Long.MIN_VALUE);
        assertEquals(Long.MIN_VALUE, clock.nanoTime(), "past the end of the count");

        assertThrows(IllegalArgumentException.class, () -> clock.set(Long.MAX_VALUE));
        assertThrows(IllegalArgumentException.class, () -> clock.advance(Duration.ofNanos(-1)));
        assertEquals(Long.MIN_VALUE, clock.nanoTime());
    }

    @Test
    void theSameSeedGivesTheSameOrder() throws IOException {
        assertEquals(orders(7), orders(7));
        assertNotEquals(orders(7), orders(8));
        assertTrue(new HashSet<>(orders(7)).size() > 1, "not always the same order");
    }

    private static List<List<Object>> orders(long seed) throws IOException {
        FakeKernel kernel = FakeKernel.builder().seed(seed).build();
        List<List<Object>> orders = new ArrayList<>();
        try (EventSelector selector = Selectors.open(kernel.provider())) {
            for (int i = 0; i < 5; i++) {
                selector.register(kernel.source(), WRITE, i);
            }
            for (int i = 0; i < 10; i++) {
                orders.add(selector.selectNow().stream()
                        .map(ready -> ready.key().data())
                        .toList());
            }
        }
        return orders;
    }

    @Test
    void aSmallBatchGivesEachSourceItsTurn() throws IOException {
        FakeKernel kernel = FakeKernel.builder().seed(3).batchLimit(4).build();
        Set<Object> seen = new HashSet<>();
        try (EventSelector selector = Selectors.open(kernel.provider())) {
            for (int i = 0; i < 10; i++) {
                selector.register(kernel.source(), WRITE, i);
            }
            for (int i = 0; i < 3; i++) {
                List<Ready> batch = selector.selectNow();
                assertEquals(4, batch.size());
                batch.forEach(ready -> seen.add(ready.key().data()));
            }
        }
        assertEquals(10, seen.size());
    }

    @Test
    void aNumberThatWasClosedIsGivenToTheNextAndTheOldWatchIsGone() throws IOException {
        FakeKernel kernel = FakeKernel.create();
        try (EventSelector selector = Selectors.open(kernel.provider())) {
            FakeSource old = kernel.source();
            int number = selector.register(old, READ, "old").fd();
            old.makeReadable();
            old.close();

            FakeSource fresh = kernel.source();

            assertEquals(number, fresh.fd());
            assertEquals(-1, old.fd());
            fresh.makeReadable();
            assertEquals(List.of(), selector.selectNow());
            assertEquals("old", selector.unregister(old).data());
        }
    }

    @Test
    void aSourceTellsWhatHappensAtItsOtherEnd() throws IOException {
        FakeKernel kernel = FakeKernel.create();
        FakeSource source = kernel.source();
        try (EventSelector selector = Selectors.open(kernel.provider())) {
            selector.register(source, READ | WRITE);
            assertEquals(WRITE, selector.selectNow().get(0).ready());
            source.fill();
            assertEquals(List.of(), selector.selectNow());
            source.makeReadable();
            source.makeReadable();
            assertEquals(READ, selector.selectNow().get(0).ready());
            assertEquals(2, source.drain());
            assertEquals(65_536, source.relieve());
            assertEquals(WRITE, selector.selectNow().get(0).ready());
            source.hangUp();
            assertEquals(READ | WRITE | HANGUP, selector.selectNow().get(0).ready());
        }
        assertEquals(1, kernel.openDescriptors());
        source.close();
        assertEquals(0, kernel.openDescriptors());
    }

    @Test
    void theCallThatIsToBeRefusedIsRefused() throws IOException {
        FakeKernel kernel = FakeKernel.create();
        FakeBackendProvider provider = kernel.provider();
        IOException open = new IOException("open");
        IOException add = new IOException("add");
        IOException change = new IOException("change");
        provider.refuse(Call.OPEN, 1, open);
        provider.refuse(Call.ADD, 2, add);
        provider.refuse(Call.CHANGE, 1, change);

        assertSame(open, assertThrows(IOException.class, () -> Selectors.open(provider)));
        try (EventSelector selector = Selectors.open(provider)) {
            FakeSource one = kernel.source();
            FakeSource other = kernel.source();
            selector.register(one, READ);
            assertSame(add, assertThrows(IOException.class, () -> selector.register(other, READ)));
            selector.register(other, READ);
            selector.modify(one, WRITE);
            assertEquals(WRITE | ERROR, selector.selectNow().get(0).ready());
            selector.modify(one, WRITE);
            assertEquals(WRITE, selector.selectNow().get(0).ready());
        }
        assertEquals(2, provider.count(Call.OPEN));
        assertEquals(4, provider.count(Call.ADD));
        assertEquals(1, provider.count(Call.CHANGE));
        assertThrows(IllegalArgumentException.class, () -> provider.refuse(Call.OPEN, 0, open));
    }

    @Test
    void aCapabilityThatWasLeftOutIsMissed() throws IOException {
        FakeKernel kernel = FakeKernel.builder()
                .capabilities(Set.of(Capability.DESCRIPTORS))
                .build();
        try (EventSelector selector = Selectors.open(kernel.provider())) {
            FakeSource source = kernel.source();
            assertThrows(UnsupportedEventsException.class, () -> selector.register(source, READ | EDGE));
            selector.register(source, READ);
            source.hangUp();
            assertEquals(READ, selector.selectNow().get(0).ready(), "a hang-up is not told apart");

            int file = kernel.open(Path.of("any"));
            assertEquals(
                    "EPERM",
                    assertThrows(NativeIOException.class, () -> selector.register(Fd.of(file), READ))
                            .errnoName());
        }
        assertThrows(
                IllegalArgumentException.class,
                () -> FakeKernel.builder().capabilities(Set.of(Capability.JAVA_CHANNELS)));
        assertThrows(IllegalArgumentException.class, () -> FakeKernel.builder().batchLimit(0));
    }

    @Test
    void numbersAreThoseOfAProcess() throws IOException {
        FakeKernel kernel = FakeKernel.create();
        Descriptors.Pair pipe = kernel.pipe();
        assertEquals(new Descriptors.Pair(3, 4), pipe, "the lowest free ones after the standard streams");
        int duplicate = kernel.dup(pipe.second());
        kernel.close(pipe.second());

        assertEquals(1, kernel.write(duplicate, new byte[1]), "a duplicate keeps the file open");
        kernel.dup2(pipe.first(), duplicate);
        assertEquals(1, kernel.read(duplicate, new byte[2]));
        assertEquals(-1, kernel.read(duplicate, new byte[2]), "its last writer is gone");
        assertThrows(NativeIOException.class, () -> kernel.write(pipe.first(), new byte[1]));
        assertThrows(NativeIOException.class, () -> kernel.close(pipe.second()));
        assertThrows(NativeIOException.class, () -> kernel.dup2(pipe.first(), 1 << 20));
    }
}
