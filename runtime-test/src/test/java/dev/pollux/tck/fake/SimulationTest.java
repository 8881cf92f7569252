package dev.pollux.tck.fake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Events;
import dev.pollux.Selectors;
import dev.pollux.loop.EventLoop;
import dev.pollux.stream.Connection;
import dev.pollux.stream.ConnectionHandler;
import dev.pollux.stream.StreamOptions;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SimulationTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private Simulation simulation;
    private final List<String> happened = new ArrayList<>();

    @BeforeEach
    void open() throws IOException {
        simulation = Simulation.open();
    }

    @AfterEach
    void close() {
        simulation.close();
    }

    @Test
    void aRunDoesWhatIsDueWithinItsTimeAndNoMore() throws IOException {
        for (int seconds = 1; seconds <= 4; seconds++) {
            note(seconds);
        }

        simulation.runFor(Duration.ofSeconds(2));
        assertEquals(List.of("1 at PT1S", "2 at PT2S"), happened);
        assertEquals(Duration.ofSeconds(2), now());

        simulation.runFor(Duration.ofMillis(1500));
        assertEquals("3 at PT3S", happened.get(2));
        assertEquals(Duration.ofMillis(3500), now());
        assertEquals(3, happened.size());
    }

    private void note(int seconds) {
        simulation.loop().schedule(Duration.ofSeconds(seconds), () -> happened.add(seconds + " at " + now()));
    }

    @Test
    void whatIsDueAtTheEndMayBringMore() throws IOException {
        simulation
                .loop()
                .schedule(
                        SECOND,
                        () -> simulation
                                .loop()
                                .execute(() ->
                                        simulation.loop().schedule(Duration.ZERO, () -> happened.add("at " + now()))));

        simulation.runFor(SECOND);

        assertEquals(List.of("at PT1S"), happened);
    }

    @Test
    void aRunOfNoTimeDoesWhatIsDueNow() throws IOException {
        simulation.loop().execute(() -> happened.add("task"));
        simulation.loop().schedule(Duration.ofNanos(1), () -> happened.add("timer"));

        simulation.runFor(Duration.ZERO);

        assertEquals(List.of("task"), happened);
        assertEquals(Duration.ZERO, now());
    }

    @Test
    void aRunUntilStopsAtTheTurnThatMakesItTrue() throws IOException {
        simulation.loop().scheduleAtFixedRate(SECOND, SECOND, () -> happened.add("tick"));

        simulation.runUntil(() -> happened.size() == 3600);

        assertEquals(Duration.ofHours(1), now());
    }

    @Test
    void aConditionThatIsTrueTakesNoTurn() throws IOException {
        simulation.loop().execute(() -> happened.add("task"));

        simulation.runUntil(() -> true);

        assertEquals(List.of(), happened);
    }

    @Test
    void aConditionThatIsNeverTrueFailsAfterADay() {
        AssertionError failure = assertThrows(AssertionError.class, () -> simulation.runUntil(() -> false));

        assertTrue(failure.getMessage().contains("PT24H"), failure.getMessage());
        assertEquals(Duration.ofDays(1), now());
    }

    @Test
    void aLoopThatNeverWaitsFails() throws IOException {
        simulation.loop().register(simulation.kernel().source(), Events.WRITE, (registration, ready) -> {});

        assertThrows(IllegalStateException.class, () -> simulation.runFor(SECOND));
    }

    @Test
    void whatACallbackThrowsFailsTheRun() throws IOException {
        RuntimeException thrown = new RuntimeException("on purpose");
        simulation.loop().schedule(SECOND, () -> {
            throw thrown;
        });

        AssertionError failure = assertThrows(AssertionError.class, () -> simulation.runFor(Duration.ofHours(1)));

        assertSame(thrown, failure.getCause());
        assertEquals(SECOND, now());
    }

    @Test
    void negativeTimesFail() {
        assertThrows(IllegalArgumentException.class, () -> simulation.runFor(Duration.ofNanos(-1)));
    }

    @Test
    void workForOtherThreadsRunsOnThisOne() throws IOException {
        CompletableFuture<Thread> worked = simulation.loop().offload(Thread::currentThread);

        simulation.runUntil(worked::isDone);

        assertSame(Thread.currentThread(), worked.join());
    }

    @Test
    void aSeedGivesOneOrderAndAnotherSeedMayGiveAnother() throws IOException {
        assertEquals(order(1), order(1));
        assertEquals(8, order(1).size());
        boolean differs = false;
        for (int seed = 2; seed < 10; seed++) {
            differs |= !order(seed).equals(order(1));
        }
        assertTrue(differs);
    }

    private static List<Integer> order(long seed) throws IOException {
        List<Integer> order = new ArrayList<>();
        try (Simulation simulation = Simulation.open(seed)) {
            for (int i = 0; i < 8; i++) {
                int number = i;
                FakeSource source = simulation.kernel().source();
                source.makeReadable();
                simulation.loop().register(source, Events.READ, (registration, ready) -> {
                    order.add(number);
                    source.drain();
                });
            }
            simulation.runFor(SECOND);
        }
        return order;
    }

    @Test
    void whatOneEndWritesTheOtherReads() throws IOException {
        FakeSource source = simulation.kernel().source();
        FakeSource peer = source.peer();
        assertSame(source, peer.peer());

        assertEquals(5, peer.write(bytes("hello")));
        ByteBuffer small = ByteBuffer.allocateDirect(3);
        assertEquals(3, source.read(small));
        assertEquals(0, source.read(small), "no room");
        assertEquals("hel", text(small.flip()));
        assertEquals(2, source.read(small.clear()));
        assertEquals(0, source.read(small), "nothing there");

        source.write(bytes("back"));
        source.shutdownOutput();
        assertThrows(IOException.class, () -> source.write(bytes("more")));
        ByteBuffer all = ByteBuffer.allocate(100);
        assertEquals(4, peer.read(all));
        assertEquals(-1, peer.read(all));
        assertEquals("back", text(all.flip()));
        peer.write(bytes("still"));
        assertEquals(5, source.drain());
    }

    @Test
    void aWriteTakesWhatThereIsRoomFor() throws IOException {
        FakeSource source = simulation.kernel().source();
        ByteBuffer much = ByteBuffer.allocate(1 << 20);
        int count = source.write(much);

        assertTrue(count > 0 && count < much.capacity(), () -> count + " bytes");
        assertEquals(count, much.position());
        assertEquals(0, source.write(much));
        assertEquals(count, source.peer().drain());
        assertTrue(source.write(much) > 0);
    }

    @Test
    void aClosedEndCannotBeUsedAndItsPeerReadsTheEnd() throws IOException {
        FakeSource source = simulation.kernel().source();
        source.close();
        source.close();

        assertFalse(source.isOpen());
        assertThrows(ClosedChannelException.class, () -> source.read(ByteBuffer.allocate(1)));
        assertThrows(ClosedChannelException.class, () -> source.write(bytes("x")));
        assertEquals(-1, source.peer().read(ByteBuffer.allocate(1)));
        assertThrows(IOException.class, () -> source.peer().write(bytes("x")));
    }

    @Test
    void aConnectionRunsOnAFakeSource() throws IOException {
        FakeSource client = simulation.kernel().source();
        AtomicReference<Throwable> reason = new AtomicReference<>();
        Connection.open(
                simulation.loop(),
                client.peer(),
                StreamOptions.defaults().idleTimeout(Duration.ofMinutes(10)),
                connection -> new ConnectionHandler() {
                    @Override
                    public void onReceive(Connection same, ByteBuffer bytes) {
                        same.send(bytes);
                    }

                    @Override
                    public void onClosed(Connection same, Throwable why) {
                        reason.set(why);
                        happened.add("closed at " + now());
                    }
                });
        ByteBuffer much = ByteBuffer.allocate(1 << 20);
        ByteBuffer back = ByteBuffer.allocate(1 << 20);
        while (back.hasRemaining()) {
            client.write(much);
            simulation.runFor(Duration.ZERO);
            client.read(back);
        }

        simulation.runFor(Duration.ofHours(1));

        assertEquals(List.of("closed at PT10M"), happened);
        assertTrue(reason.get() instanceof SocketTimeoutException);
        assertEquals(-1, client.read(back.clear()));
    }

    @Test
    void severalLoopsMayShareAKernelAndAClock() throws IOException {
        ManualClock clock = ManualClock.startingAt(0);
        FakeKernel kernel =
                FakeKernel.builder().seed(42).clock(clock).singleThreaded().build();
        EventLoop loop = EventLoop.builder()
                .selector(Selectors.open(kernel.provider(), clock))
                .clock(clock)
                .open();

        try (EventLoop other = EventLoop.builder()
                .selector(Selectors.open(kernel.provider(), clock))
                .clock(clock)
                .open()) {
            FakeSource source = kernel.source();
            other.register(source, Events.READ, (registration, ready) -> happened.add(source.drain() + " bytes"));
            loop.schedule(SECOND, () -> happened.add("at " + Duration.ofNanos(clock.nanoTime())));
            source.makeReadable();

            other.runOnce(Duration.ZERO);
            loop.runOnce(SECOND);
            loop.runOnce(Duration.ZERO);

            assertEquals(List.of("1 bytes", "at PT1S"), happened);
        }
        loop.close();
    }

    private Duration now() {
        return Duration.ofNanos(simulation.clock().nanoTime());
    }

    private static ByteBuffer bytes(String text) {
        return StandardCharsets.US_ASCII.encode(text);
    }

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.US_ASCII.decode(bytes).toString();
    }
}
