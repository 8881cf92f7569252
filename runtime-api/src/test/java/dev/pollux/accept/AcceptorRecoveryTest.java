package dev.pollux.accept;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Events;
import dev.pollux.HasFd;
import dev.pollux.Selectors;
import dev.pollux.internal.selector.ScriptedProvider;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.EventLoopGroup;
import dev.pollux.loop.LoopChooser;
import dev.pollux.loop.LoopFailure;
import dev.pollux.loop.LoopThreads;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever fails around an acceptor, it goes on, and no connection keeps its place for nothing. */
@Timeout(60)
class AcceptorRecoveryTest {

    private static final int FD = 3;

    private final ScriptedProvider provider = ScriptedProvider.withEverything();
    private final List<LoopFailure> failures = new CopyOnWriteArrayList<>();
    private final Queue<Object> waiting = new ConcurrentLinkedQueue<>();
    private final List<AcceptedConnection<Connection>> served = new CopyOnWriteArrayList<>();
    private long now;
    private EventLoop loop;

    private static final class Listener implements HasFd, Closeable {

        @Override
        public int fd() {
            return FD;
        }

        @Override
        public void close() {}
    }

    private static class Connection implements Closeable {

        volatile boolean closed;

        @Override
        public void close() {
            closed = true;
        }
    }

    @BeforeEach
    void open() throws IOException {
        loop = EventLoop.builder()
                .selector(Selectors.open(provider))
                .clock(() -> now)
                .failureHandler(failures::add)
                .failureLimit(64)
                .open();
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
        if (next instanceof Error failure) {
            throw failure;
        }
        return (Connection) next;
    }

    private Acceptor<Connection> listen(AcceptorBuilder settings) throws IOException {
        return settings.listen(loop, new Listener(), this::accept, served::add);
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

    private static EventLoopGroup oneWorker(LoopChooser chooser) throws IOException {
        return EventLoopGroup.open(
                1,
                EventLoop.builder().backend(ScriptedProvider.withEverything()).failureHandler(failure -> {}),
                chooser);
    }

    private void goesOnAfterTwoHundred(Throwable failure) throws IOException {
        Acceptor<Connection> acceptor = listen(Acceptor.builder().rest(Duration.ofMillis(10), Duration.ofMillis(10)));
        for (int i = 0; i < 200; i++) {
            knock(failure);
            now += Duration.ofMillis(10).toNanos();
            turn();
            assertTrue(isAccepting(), "after " + i);
        }

        Connection connection = new Connection();
        knock(connection);

        assertSame(connection, served.get(0).get());
        assertEquals(200, acceptor.rests());
        assertEquals(1, acceptor.connections());
    }

    @Test
    void twoHundredFailuresInARowDoNotEndAccepting() throws IOException {
        goesOnAfterTwoHundred(new IOException("Too many open files"));
    }

    @Test
    void anAcceptThatThrowsWhatIsNotExpectedTwoHundredTimesDoesNotEndAccepting() throws IOException {
        goesOnAfterTwoHundred(new IllegalStateException("accept"));
    }

    @Test
    void anAcceptThatThrowsAnErrorTwoHundredTimesDoesNotEndAccepting() throws IOException {
        goesOnAfterTwoHundred(new AssertionError("accept"));
    }

    @Test
    void anAcceptThatOverflowsTheStackTwoHundredTimesDoesNotEndAccepting() throws IOException {
        goesOnAfterTwoHundred(new StackOverflowError("accept"));
    }

    private void closesWhatTheChooserFailsFor(LoopChooser chooser) throws IOException {
        try (EventLoopGroup workers = oneWorker(chooser)) {
            Acceptor<Connection> acceptor = listen(Acceptor.builder().handOffTo(workers));
            for (int i = 0; i < 100; i++) {
                Connection connection = new Connection();
                knock(connection);
                turn();

                assertTrue(connection.closed);
            }
            assertEquals(0, acceptor.connections());
            assertEquals(100, acceptor.accepted());
            assertTrue(isAccepting());
            assertEquals(100, failures.size());
        }
    }

    @Test
    void aChooserThatThrowsAnErrorEveryTimeLosesNoPlaceAndAcceptingGoesOn() throws IOException {
        closesWhatTheChooserFailsFor(loops -> {
            throw new AssertionError("chooser");
        });
    }

    @Test
    void aChooserThatReturnsNoLoopLosesNoPlaceAndAcceptingGoesOn() throws IOException {
        closesWhatTheChooserFailsFor(loops -> null);
    }

    @Test
    void aHandlerThatThrowsAnErrorEveryTimeLosesNoPlaceAndAcceptingGoesOn() throws IOException {
        Acceptor<Connection> acceptor = Acceptor.builder().listen(loop, new Listener(), this::accept, connection -> {
            throw new AssertionError("handler");
        });
        for (int i = 0; i < 100; i++) {
            Connection connection = new Connection();
            knock(connection);
            turn();

            assertTrue(connection.closed);
        }

        assertEquals(0, acceptor.connections());
        assertTrue(isAccepting());
        assertEquals(100, failures.size());
    }

    @Test
    void aConnectionWhoseCloseFailsGivesItsPlaceBackAndEndsNoWorker() throws Exception {
        givesThePlaceBackAndEndsNoWorker(() -> {
            throw new IllegalStateException("close");
        });
    }

    @Test
    void aConnectionWhoseCloseThrowsAnErrorGivesItsPlaceBackAndEndsNoWorker() throws Exception {
        givesThePlaceBackAndEndsNoWorker(() -> {
            throw new AssertionError("close");
        });
    }

    private void givesThePlaceBackAndEndsNoWorker(Runnable inClose) throws Exception {
        CountDownLatch failed = new CountDownLatch(1);
        try (EventLoopGroup workers = oneWorker(LoopChooser.roundRobin())) {
            Acceptor<Connection> acceptor = Acceptor.builder()
                    .handOffTo(workers)
                    .listen(loop, new Listener(), this::accept, connection -> {
                        failed.countDown();
                        throw new IOException("handler");
                    });

            knock(new Connection() {
                @Override
                public void close() {
                    inClose.run();
                }
            });
            LoopThreads.await(failed);
            LoopThreads.until(() -> acceptor.connections() == 0);

            CountDownLatch ran = new CountDownLatch(1);
            workers.next().execute(ran::countDown);
            LoopThreads.await(ran);
        }
    }

    @Test
    void aPlaceThatIsGivenBackWhileTheLoopIsShutDownIsTakenByTheNext() throws Exception {
        Acceptor<Connection> acceptor = listen(Acceptor.builder().maxConnections(1));
        loop.schedule(Duration.ofSeconds(1), () -> {}); // the loop goes on until then
        knock(new Connection(), new Connection());
        assertFalse(isAccepting());
        loop.shutdown();

        Thread closing = new Thread(served.get(0)::close);
        closing.start();
        closing.join();
        turn();

        assertEquals(0, acceptor.connections());
        assertTrue(isAccepting());
        knock();
        assertEquals(2, served.size());
        assertEquals(1, acceptor.connections());
    }

    @Test
    void aPlaceThatIsGivenBackAfterTheEndOfTheLoopIsCounted() throws IOException {
        Acceptor<Connection> acceptor = listen(Acceptor.builder());
        knock(new Connection());
        loop.close();

        served.get(0).close();

        assertEquals(0, acceptor.connections());
    }

    @Test
    void manyConnectionsThatOtherThreadsCloseNeverExceedTheLimitAndLoseNoPlace() throws Exception {
        int connections = 2000;
        int limit = 3;
        CountDownLatch all = new CountDownLatch(connections);
        AtomicReference<String> exceeded = new AtomicReference<>();
        try (EventLoopGroup workers = EventLoopGroup.open(
                2, EventLoop.builder().backend(ScriptedProvider.withEverything()), LoopChooser.roundRobin())) {
            AtomicReference<Acceptor<Connection>> listening = new AtomicReference<>();
            listening.set(Acceptor.builder()
                    .maxConnections(limit)
                    .handOffTo(workers)
                    .listen(loop, new Listener(), this::accept, connection -> {
                        int open = listening.get().connections();
                        if (open > limit) {
                            exceeded.set("open " + open);
                        }
                        connection.close();
                        all.countDown();
                    }));
            for (int i = 0; i < connections; i++) {
                waiting.add(new Connection());
            }

            while (all.getCount() > 0) {
                if (isAccepting()) {
                    provider.current().makeReady(FD, Events.READ);
                }
                turn();
            }
            LoopThreads.until(() -> listening.get().connections() == 0);
            turn();

            assertNull(exceeded.get());
            assertEquals(connections, listening.get().accepted());
            assertTrue(isAccepting());
        }
    }

    private void givesBackWhatIsOnItsWayTo(Consumer<EventLoop> end) throws Exception {
        EventLoopGroup workers = oneWorker(LoopChooser.roundRobin());
        EventLoop worker = workers.next();
        CountDownLatch go = new CountDownLatch(1);
        LoopThreads.block(worker, go);
        Acceptor<Connection> acceptor =
                listen(Acceptor.builder().maxConnections(1).handOffTo(workers));
        Connection connection = new Connection();
        knock(connection);
        assertEquals(1, acceptor.connections());
        assertFalse(connection.closed);

        end.accept(worker);
        go.countDown();
        LoopThreads.until(worker::isTerminated);
        turn();

        assertTrue(connection.closed || !served.isEmpty(), "served or closed");
        served.forEach(AcceptedConnection::close);
        turn();
        assertEquals(0, acceptor.connections());
        assertTrue(isAccepting());
    }

    @Test
    void aConnectionOnItsWayToALoopThatIsEndedNowIsClosedAndNoOnesTask() throws Exception {
        AtomicReference<CompletableFuture<List<Runnable>>> notBegun = new AtomicReference<>();
        givesBackWhatIsOnItsWayTo(worker -> notBegun.set(worker.shutdownNow()));
        assertEquals(List.of(), notBegun.get().get(LoopThreads.WATCHDOG_SECONDS, TimeUnit.SECONDS));
        assertEquals(List.of(), served);
    }

    @Test
    void aConnectionOnItsWayToALoopThatIsClosedIsClosed() throws Exception {
        givesBackWhatIsOnItsWayTo(worker -> new Thread(worker::close).start());
    }

    @Test
    void aConnectionOnItsWayToALoopThatIsShutDownIsServed() throws Exception {
        givesBackWhatIsOnItsWayTo(EventLoop::shutdown);
        assertEquals(1, served.size());
    }
}
