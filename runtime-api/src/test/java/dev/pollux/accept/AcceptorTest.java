package dev.pollux.accept;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Events;
import dev.pollux.HasFd;
import dev.pollux.NanoClock;
import dev.pollux.Selectors;
import dev.pollux.internal.selector.ScriptedProvider;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.EventLoopBuilder;
import dev.pollux.loop.EventLoopGroup;
import dev.pollux.loop.LoopChooser;
import dev.pollux.loop.LoopFailure;
import dev.pollux.loop.LoopThreads;
import dev.pollux.testlog.LogLines;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Accepting where the kernel does what it rarely does: has no descriptors left, closes a listener, loses a loop. */
@Timeout(60)
class AcceptorTest {

    private static final int FD = 3;

    private final ScriptedProvider provider = ScriptedProvider.withEverything();
    private final List<LoopFailure> failures = new ArrayList<>();
    private final Listener listener = new Listener();
    private final Queue<Object> waiting = new ArrayDeque<>();
    private final List<AcceptedConnection<Connection>> served = new ArrayList<>();
    private long now;
    private EventLoop loop;

    private static final class Listener implements HasFd, Closeable {

        boolean closed;

        @Override
        public int fd() {
            return FD;
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private static final class Connection implements Closeable {

        volatile boolean closed;

        @Override
        public void close() {
            closed = true;
        }
    }

    @BeforeEach
    void open() throws IOException {
        LogLines.clear();
        loop = configured().open();
    }

    private EventLoopBuilder configured() throws IOException {
        return EventLoop.builder()
                .selector(Selectors.open(provider))
                .clock(() -> now)
                .failureHandler(failures::add);
    }

    @AfterEach
    void close() {
        loop.close();
    }

    private Connection accept() throws IOException {
        Object next = waiting.poll();
        if (next instanceof IOException failure) {
            throw failure;
        }
        if (next instanceof RuntimeException failure) {
            throw failure;
        }
        return (Connection) next;
    }

    private Acceptor<Connection> listen(AcceptorBuilder settings) throws IOException {
        return settings.listen(loop, listener, this::accept, served::add);
    }

    private void knock(Object... next) throws IOException {
        waiting.addAll(List.of(next));
        provider.current().makeReady(FD, Events.READ);
        turn();
        turn(); // whose wait begins with what the first one has changed
    }

    private void turn() throws IOException {
        loop.runOnce(Duration.ZERO);
    }

    private boolean isAccepting() {
        return provider.current().watched.containsKey(FD);
    }

    private static IOException noDescriptors() {
        return new IOException("Too many open files");
    }

    private EventLoopGroup oneWorker(LoopChooser chooser) throws IOException {
        return EventLoopGroup.open(
                1,
                EventLoop.builder()
                        .backend(ScriptedProvider.withEverything())
                        .clock(NanoClock.system())
                        .threadFactory(task -> {
                            Thread thread = new Thread(task);
                            thread.setUncaughtExceptionHandler((t, e) -> {});
                            return thread;
                        }),
                chooser);
    }

    @Test
    void everyConnectionThatWaitsIsAcceptedInOneTurnUpToTheBudget() throws IOException {
        Acceptor<Connection> acceptor = listen(Acceptor.builder().acceptsPerTurn(2));

        knock(new Connection(), new Connection(), new Connection());
        assertEquals(2, acceptor.accepted());
        knock();

        assertEquals(3, acceptor.accepted());
        assertEquals(3, acceptor.connections());
    }

    @Test
    void withoutDescriptorsItRestsLongerEachTimeAndNeverClosesTheListener() throws IOException {
        Acceptor<Connection> acceptor = listen(Acceptor.builder().rest(Duration.ofMillis(10), Duration.ofMillis(50)));

        for (long rest : new long[] {10, 20, 40, 50, 50}) {
            knock(noDescriptors());
            assertFalse(isAccepting());
            now += Duration.ofMillis(rest).toNanos() - 1;
            turn();
            assertFalse(isAccepting());
            now += 1;
            turn();
            assertTrue(isAccepting());
        }

        assertEquals(5, acceptor.rests());
        assertFalse(listener.closed);
        assertEquals(List.of(), failures);
        assertEquals(1, LogLines.with("rests, first for 10 ms").size());
    }

    @Test
    void aConnectionThatIsAcceptedMakesTheNextRestShortAgain() throws IOException {
        listen(Acceptor.builder().rest(Duration.ofMillis(10), Duration.ofMillis(100)));
        knock(noDescriptors());
        now += Duration.ofMillis(10).toNanos();
        turn();

        knock(new Connection(), noDescriptors());
        now += Duration.ofMillis(10).toNanos();
        turn();

        assertTrue(isAccepting());
        assertEquals(1, served.size());
    }

    @Test
    void aLimitOfTimersDoesNotKeepARestFromEnding() throws IOException {
        loop.close();
        loop = configured().timerLimit(1).open();
        loop.schedule(Duration.ofDays(1), () -> {});
        listen(Acceptor.builder());

        knock(noDescriptors());
        assertFalse(isAccepting());
        now += Duration.ofMillis(10).toNanos();
        turn();
        knock(new Connection());

        assertEquals(1, served.size());
        assertEquals(List.of(), failures);
        assertEquals(1, loop.metrics().pendingTimers(), "the rest is not one of the user's timers");
    }

    @Test
    void atTheGreatestNumberOfConnectionsItRestsUntilOneIsClosed() throws IOException {
        Acceptor<Connection> acceptor = listen(Acceptor.builder().maxConnections(2));

        knock(new Connection(), new Connection(), new Connection());
        assertEquals(2, acceptor.connections());
        assertFalse(isAccepting());
        served.get(0).close();
        served.get(0).close();
        turn();
        assertEquals(1, acceptor.connections());
        assertTrue(isAccepting());
        knock();

        assertEquals(2, acceptor.connections());
        assertEquals(3, served.size());
        assertEquals(0, acceptor.rests());
    }

    @Test
    void aPlaceThatGetsFreeDoesNotEndARest() throws IOException {
        listen(Acceptor.builder().maxConnections(2).rest(Duration.ofMillis(10), Duration.ofMillis(10)));
        knock(new Connection(), noDescriptors());

        served.get(0).close();
        turn();
        assertFalse(isAccepting());
        now += Duration.ofMillis(10).toNanos();
        turn();

        assertTrue(isAccepting());
    }

    @Test
    void aHandlerThatFailsClosesItsConnectionAndTheNextIsServed() throws IOException {
        IllegalStateException failure = new IllegalStateException("handler");
        Acceptor<Connection> acceptor = Acceptor.builder().listen(loop, listener, this::accept, connection -> {
            if (served.isEmpty()) {
                served.add(connection);
                throw failure;
            }
            served.add(connection);
        });

        knock(new Connection(), new Connection());

        assertEquals(2, served.size());
        assertTrue(served.get(0).get().closed);
        assertFalse(served.get(1).get().closed);
        assertEquals(1, acceptor.connections());
        assertEquals(1, failures.size());
        assertSame(failure, failures.get(0).error());
        assertTrue(isAccepting());
    }

    @Test
    void aListenerThatSomebodyElseHasClosedIsToldOnceAndLetGo() throws IOException {
        listen(Acceptor.builder());

        knock(new ClosedChannelException());

        assertFalse(isAccepting());
        assertTrue(listener.closed);
        assertEquals(
                1, LogLines.with("was closed; nothing is accepted any more").size());
        assertEquals(0, loop.registered());
    }

    @Test
    void closingTheAcceptorLeavesItsConnectionsOpen() throws IOException {
        Acceptor<Connection> acceptor = listen(Acceptor.builder());
        knock(new Connection());

        acceptor.close();
        acceptor.close();

        assertTrue(listener.closed);
        assertFalse(isAccepting());
        assertFalse(served.get(0).get().closed);
        served.get(0).close();
        turn();
        assertEquals(0, acceptor.connections());
    }

    @Test
    void aConnectionThatNoLoopTakesIsClosed() throws Exception {
        EventLoopGroup workers = oneWorker(LoopChooser.roundRobin());
        workers.close();
        Acceptor<Connection> acceptor = listen(Acceptor.builder().handOffTo(workers));
        Connection connection = new Connection();

        knock(connection);
        turn();

        assertTrue(connection.closed);
        assertEquals(0, acceptor.connections());
        assertTrue(isAccepting());
        assertThrows(RejectedExecutionException.class, workers::next);
    }

    @Test
    void aConnectionIsClosedIfTheChooserFails() throws Exception {
        try (EventLoopGroup workers = oneWorker(loops -> {
            throw new IllegalStateException("chooser");
        })) {
            Acceptor<Connection> acceptor = listen(Acceptor.builder().handOffTo(workers));
            Connection connection = new Connection();

            knock(connection);
            turn();

            assertTrue(connection.closed);
            assertEquals(0, acceptor.connections());
        }
    }

    @Test
    void aConnectionOnItsWayToALoopThatFailsIsClosed() throws Exception {
        EventLoopGroup workers = oneWorker(LoopChooser.roundRobin());
        EventLoop worker = workers.next();
        CountDownLatch go = new CountDownLatch(1);
        LoopThreads.block(worker, go);
        worker.execute(() -> {
            throw new OutOfMemoryError("for the test");
        });
        Acceptor<Connection> acceptor = listen(Acceptor.builder().handOffTo(workers));
        Connection connection = new Connection();
        knock(connection);
        assertEquals(1, acceptor.connections());

        go.countDown();
        assertTrue(workers.awaitTermination(Duration.ofSeconds(LoopThreads.WATCHDOG_SECONDS)));
        turn();

        assertTrue(connection.closed);
        assertEquals(0, acceptor.connections());
        assertEquals(List.of(), served);
    }

    @Test
    void aLoopThatHasFailedGetsNoFurtherConnections() throws Exception {
        try (EventLoopGroup workers = EventLoopGroup.open(
                2,
                EventLoop.builder().backend(ScriptedProvider.withEverything()).threadFactory(task -> {
                    Thread thread = new Thread(task);
                    thread.setUncaughtExceptionHandler((t, e) -> {});
                    return thread;
                }),
                LoopChooser.roundRobin())) {
            EventLoop dead = workers.next();
            dead.execute(() -> {
                throw new OutOfMemoryError("for the test");
            });
            assertTrue(dead.awaitTermination(Duration.ofSeconds(LoopThreads.WATCHDOG_SECONDS)));
            CountDownLatch begun = new CountDownLatch(10);
            List<EventLoop> by = new CopyOnWriteArrayList<>();
            Acceptor.builder().handOffTo(workers).listen(loop, listener, this::accept, connection -> {
                by.add(connection.loop());
                begun.countDown();
            });
            for (int i = 0; i < 10; i++) {
                waiting.add(new Connection());
            }

            knock();
            LoopThreads.await(begun);

            assertEquals(10, by.size());
            assertFalse(by.contains(dead));
            assertEquals(2, workers.size());
        }
    }
}
