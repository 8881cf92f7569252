package dev.pollux.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.EventSelector;
import dev.pollux.Events;
import dev.pollux.Fd;
import dev.pollux.HasFd;
import dev.pollux.NanoClock;
import dev.pollux.Selectors;
import dev.pollux.accept.Acceptor;
import dev.pollux.accept.AcceptorBuilder;
import dev.pollux.internal.selector.ScriptedProvider;
import dev.pollux.testlog.LogLines;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

/** What programs get wrong, and what becomes of the loop then. */
@Timeout(60)
class BadInputTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final ScriptedProvider provider = ScriptedProvider.withEverything();
    private final List<LoopFailure> failures = new ArrayList<>();
    private EventLoop loop;

    @BeforeEach
    void open() throws IOException {
        loop = configured().open();
    }

    private EventLoopBuilder configured() throws IOException {
        return EventLoop.builder().selector(Selectors.open(provider)).failureHandler(failures::add);
    }

    @AfterEach
    void close() {
        loop.close();
    }

    private void turn() throws IOException {
        loop.runOnce(Duration.ZERO);
    }

    private static DynamicTest refused(String call, Class<? extends Throwable> error, Executable executable) {
        return DynamicTest.dynamicTest(call, () -> assertThrows(error, executable));
    }

    // Arguments.

    @TestFactory
    Stream<DynamicTest> nullsAreRefused() {
        Runnable task = () -> {};
        Callback callback = (key, ready) -> {};
        Closeable listener = () -> {};
        InetSocketAddress address = new InetSocketAddress("localhost", 1);
        EventLoopBuilder builder = EventLoop.builder();
        AcceptorBuilder acceptor = Acceptor.builder();
        record Call(String name, Executable executable) {}
        return Stream.of(
                        new Call("register(null, ..)", () -> loop.register(null, Events.READ, callback)),
                        new Call("register(.., null)", () -> loop.register(Fd.of(3), Events.READ, null)),
                        new Call("ready(null)", () -> loop.ready(null, Events.READ)),
                        new Call("swap(null)", () -> loop.swap(null)),
                        new Call("execute(null)", () -> loop.execute(null)),
                        new Call("offload(null)", () -> loop.offload(null)),
                        new Call("onExit(null)", () -> loop.onExit(null)),
                        new Call("onSignal(null, ..)", () -> loop.onSignal(null, task)),
                        new Call("onSignal(.., null)", () -> loop.onSignal("USR2", null)),
                        new Call("schedule(null, task)", () -> loop.schedule(null, task)),
                        new Call("schedule(.., null)", () -> loop.schedule(SECOND, null)),
                        new Call("atFixedRate(null, ..)", () -> loop.scheduleAtFixedRate(null, SECOND, task)),
                        new Call("atFixedRate(.., null, ..)", () -> loop.scheduleAtFixedRate(SECOND, null, task)),
                        new Call("atFixedRate(.., null)", () -> loop.scheduleAtFixedRate(SECOND, SECOND, null)),
                        new Call("fixedDelay(null, ..)", () -> loop.scheduleWithFixedDelay(null, SECOND, task)),
                        new Call("fixedDelay(.., null, ..)", () -> loop.scheduleWithFixedDelay(SECOND, null, task)),
                        new Call("fixedDelay(.., null)", () -> loop.scheduleWithFixedDelay(SECOND, SECOND, null)),
                        new Call("runOnce(null)", () -> loop.runOnce(null)),
                        new Call("awaitTermination(null)", () -> loop.awaitTermination(null)),
                        new Call("builder.backend(null name)", () -> builder.backend((String) null)),
                        new Call("builder.backend(null)", () -> builder.backend((ScriptedProvider) null)),
                        new Call("builder.selector(null)", () -> builder.selector(null)),
                        new Call("builder.clock(null)", () -> builder.clock(null)),
                        new Call("builder.failureHandler(null)", () -> builder.failureHandler(null)),
                        new Call("builder.beforeWait(null)", () -> builder.beforeWait(null)),
                        new Call("builder.whenIdle(null)", () -> builder.whenIdle(null)),
                        new Call("builder.afterWait(null)", () -> builder.afterWait(null)),
                        new Call("builder.threadName(null)", () -> builder.threadName(null)),
                        new Call("builder.threadFactory(null)", () -> builder.threadFactory(null)),
                        new Call("builder.offloadExecutor(null)", () -> builder.offloadExecutor(null)),
                        new Call("builder.taskBudget(null)", () -> builder.taskBudget(null)),
                        new Call("builder.spin(null)", () -> builder.spin(null)),
                        new Call("builder.slowCallback(null)", () -> builder.slowCallback(null)),
                        new Call("builder.stallWatchdog(null)", () -> builder.stallWatchdog(null)),
                        new Call("group(null settings)", () -> EventLoopGroup.open(1, null, LoopChooser.roundRobin())),
                        new Call("group(null chooser)", () -> EventLoopGroup.open(1, builder, null)),
                        new Call("acceptor.rest(null, ..)", () -> acceptor.rest(null, SECOND)),
                        new Call("acceptor.rest(.., null)", () -> acceptor.rest(SECOND, null)),
                        new Call("acceptor.handOffTo(null)", () -> acceptor.handOffTo(null)),
                        new Call("listen(null loop)", () -> acceptor.listen(null, address, c -> {})),
                        new Call("listen(null address)", () -> acceptor.listen(loop, (SocketAddress) null, c -> {})),
                        new Call("listen(null handler)", () -> acceptor.listen(loop, address, null)),
                        new Call(
                                "listen(null listener)",
                                () -> acceptor.listen(loop, (ServerSocketChannel) null, c -> {})),
                        new Call("listen(null accept)", () -> acceptor.listen(loop, listener, null, c -> {})),
                        new Call("registry(null)", () -> new CallbackRegistry(null)),
                        new Call("Callback.of(null, ..)", () -> Callback.of(null, callback)),
                        new Call("Callback.of(.., null)", () -> Callback.of(callback, null)))
                .map(call -> refused(call.name(), NullPointerException.class, call.executable()));
    }

    @TestFactory
    Stream<DynamicTest> valuesOutOfRangeAreRefused() {
        Duration negative = Duration.ofNanos(-1);
        Runnable task = () -> {};
        record Call(String name, Executable executable) {}
        return Stream.of(
                        new Call("taskBudget(0)", () -> EventLoop.builder().taskBudget(0)),
                        new Call("taskBudget(-1)", () -> EventLoop.builder().taskBudget(-1)),
                        new Call("taskBudget(0 s)", () -> EventLoop.builder().taskBudget(Duration.ZERO)),
                        new Call("taskBudget(-1 ns)", () -> EventLoop.builder().taskBudget(negative)),
                        new Call("spin(-1 ns)", () -> EventLoop.builder().spin(negative)),
                        new Call(
                                "spin(1 s + 1 ns)",
                                () -> EventLoop.builder()
                                        .spin(Duration.ofSeconds(1).plusNanos(1))),
                        new Call("failureLimit(0)", () -> EventLoop.builder().failureLimit(0)),
                        new Call("timerLimit(0)", () -> EventLoop.builder().timerLimit(0)),
                        new Call("lentBuffers(0, 1)", () -> EventLoop.builder().lentBuffers(0, 1)),
                        new Call("lentBuffers(3, 1)", () -> EventLoop.builder().lentBuffers(3, 1)),
                        new Call(
                                "lentBuffers(65536, 1)",
                                () -> EventLoop.builder().lentBuffers(65_536, 1)),
                        new Call("lentBuffers(4, 0)", () -> EventLoop.builder().lentBuffers(4, 0)),
                        new Call("lentBuffers(2 GiB)", () -> EventLoop.builder().lentBuffers(32_768, 65_536)),
                        new Call("slowCallback(0 s)", () -> EventLoop.builder().slowCallback(Duration.ZERO)),
                        new Call(
                                "slowCallback(-1 ns)", () -> EventLoop.builder().slowCallback(negative)),
                        new Call("stallWatchdog(0 s)", () -> EventLoop.builder().stallWatchdog(Duration.ZERO)),
                        new Call(
                                "stallWatchdog(-1 ns)",
                                () -> EventLoop.builder().stallWatchdog(negative)),
                        new Call("atFixedRate(0 s)", () -> loop.scheduleAtFixedRate(SECOND, Duration.ZERO, task)),
                        new Call("fixedDelay(-1 ns)", () -> loop.scheduleWithFixedDelay(SECOND, negative, task)),
                        new Call("catchUp(-1)", () -> loop.scheduleAtFixedRate(SECOND, SECOND, -1, task)),
                        new Call("register(1 << 20)", () -> loop.register(Fd.of(3), 1 << 20, (key, ready) -> {})),
                        new Call(
                                "group(0)",
                                () -> EventLoopGroup.open(0, EventLoop.builder(), LoopChooser.roundRobin())),
                        new Call(
                                "group with a selector",
                                () -> EventLoopGroup.open(2, configured(), LoopChooser.roundRobin())),
                        new Call("acceptsPerTurn(0)", () -> Acceptor.builder().acceptsPerTurn(0)),
                        new Call("maxConnections(0)", () -> Acceptor.builder().maxConnections(0)),
                        new Call("backlog(0)", () -> Acceptor.builder().backlog(0)),
                        new Call("rest(0 s, 1 s)", () -> Acceptor.builder().rest(Duration.ZERO, SECOND)),
                        new Call("rest(1 s, 0 s)", () -> Acceptor.builder().rest(SECOND, Duration.ZERO)),
                        new Call("rest(-1 ns, 1 s)", () -> Acceptor.builder().rest(negative, SECOND)),
                        new Call("onSignal(no such)", () -> loop.onSignal("NONESUCH", task)))
                .map(call -> refused(call.name(), IllegalArgumentException.class, call.executable()));
    }

    @Test
    void aBackendAndAProviderTogetherAreRefusedForALoopAndForAGroup() {
        EventLoopBuilder both = EventLoop.builder().backend("scripted").backend(provider);

        assertThrows(IllegalStateException.class, both::open);
        assertThrows(IllegalStateException.class, () -> EventLoopGroup.open(1, both, LoopChooser.roundRobin()));
        assertEquals(1, provider.opened.size());
    }

    @Test
    void lentBuffersAndASelectorTogetherAreRefused() throws IOException {
        EventLoopBuilder both = configured().lentBuffers(4, 32);

        IllegalStateException refused = assertThrows(IllegalStateException.class, both::open);

        assertTrue(refused.getMessage().startsWith("lentBuffers was given with a selector, "), refused::getMessage);
    }

    // Too late.

    @TestFactory
    Stream<DynamicTest> aClosedLoopTakesNoWork() {
        Runnable task = () -> {};
        record Call(String name, Executable executable) {}
        loop.close();
        return Stream.of(
                        new Call("execute", () -> loop.execute(task)),
                        new Call("schedule", () -> loop.schedule(SECOND, task)),
                        new Call("scheduleAtFixedRate", () -> loop.scheduleAtFixedRate(SECOND, SECOND, task)),
                        new Call("scheduleWithFixedDelay", () -> loop.scheduleWithFixedDelay(SECOND, SECOND, task)),
                        new Call("offload", () -> loop.offload(() -> 1)),
                        new Call("executor", () -> loop.executor().submit(task)),
                        new Call("onSignal", () -> loop.onSignal("USR2", task)))
                .map(call -> refused(call.name(), RejectedExecutionException.class, call.executable()));
    }

    @Test
    void aClosedLoopStillAnswersQuestions() {
        loop.close();

        assertFalse(loop.isOpen());
        assertEquals(0, loop.registered());
        assertEquals(0, loop.metrics().pendingTasks());
        assertTrue(loop.dump().contains("ENDED"), loop.dump());
        assertEquals("scripted", loop.backend());
        assertThrows(CancellationException.class, () -> loop.swap("scripted").join());
        loop.stop();
        loop.shutdown();
        assertEquals(List.of(), loop.shutdownNow().join());
    }

    @Test
    void aLoopWhoseSelectorWasClosedBySomebodyElseEndsVisiblyAndStillAnswers() throws IOException {
        loop.close();
        EventSelector selector = Selectors.open(provider);
        loop = EventLoop.builder().selector(selector).open();
        selector.close();

        assertThrows(ClosedSelectorException.class, loop::run);

        assertTrue(loop.isTerminated());
        assertEquals(1, loop.metrics().turns());
        assertTrue(loop.dump().contains("ENDED"), loop.dump());
    }

    // Whatever the user's code throws.

    private static void sneak(Throwable error) throws IOException {
        if (error instanceof IOException io) {
            throw io;
        }
        if (error instanceof RuntimeException runtime) {
            throw runtime;
        }
        throw (Error) error;
    }

    private static void throwIt(Throwable error) {
        try {
            sneak(error);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @TestFactory
    Stream<DynamicTest> whatIsThrownGoesToTheHandlerUnlessTheVirtualMachineIsBroken() {
        List<Throwable> errors = List.of(
                new IllegalStateException("exception"),
                new AssertionError("error"),
                new LinkageError("linkage"),
                new StackOverflowError("stack"),
                new OutOfMemoryError("memory"));
        List<LoopFailure.Kind> kinds = List.of(LoopFailure.Kind.values());
        return errors.stream()
                .flatMap(error -> kinds.stream()
                        .map(kind -> DynamicTest.dynamicTest(kind + " " + error, () -> assertHandled(kind, error))));
    }

    private void assertHandled(LoopFailure.Kind kind, Throwable error) throws IOException {
        ScriptedProvider own = ScriptedProvider.withEverything();
        List<LoopFailure> told = new ArrayList<>();
        EventLoopBuilder settings = EventLoop.builder().backend(own).failureHandler(told::add);
        if (kind == LoopFailure.Kind.HOOK) {
            settings.afterWait(() -> throwIt(error));
        }
        EventLoop subject = settings.open();
        AtomicInteger next = new AtomicInteger();
        switch (kind) {
            case TASK -> subject.execute(() -> throwIt(error));
            case TIMER -> subject.schedule(Duration.ZERO, () -> throwIt(error));
            case CALLBACK -> {
                subject.register(Fd.of(3), Events.READ, (key, ready) -> sneak(error));
                own.current().makeReady(3, Events.READ);
            }
            case HOOK -> {}
        }
        try {
            if (error instanceof OutOfMemoryError) {
                assertSame(error, assertThrows(error.getClass(), () -> subject.runOnce(Duration.ZERO)));
                assertTrue(subject.isTerminated());
                assertThrows(RejectedExecutionException.class, () -> subject.execute(() -> {}));
            } else {
                subject.runOnce(Duration.ZERO);
                assertEquals(1, told.size());
                assertSame(error, told.get(0).error());
                assertEquals(kind, told.get(0).kind());
                subject.execute(next::incrementAndGet);
                subject.runOnce(Duration.ZERO);
                assertEquals(1, next.get());
            }
        } finally {
            subject.close();
        }
    }

    @Test
    void aFailureHandlerThatThrowsIsLoggedAndSurvived() throws IOException {
        loop.close();
        LogLines.clear();
        loop = configured()
                .failureHandler(failure -> {
                    throw new AssertionError("handler");
                })
                .open();
        loop.execute(() -> throwIt(new IllegalStateException("task")));

        turn();
        turn();

        assertTrue(loop.isOpen());
        assertEquals(1, LogLines.with("failure handler failed").size());
    }

    @Test
    void aSourceAndATaskWhoseNamesCannotBeHadAreIsolatedLikeOthers() throws IOException {
        loop.close();
        loop = configured().failureLimit(1).open();
        HasFd nameless = new HasFd() {
            @Override
            public int fd() {
                return 3;
            }

            @Override
            public String toString() {
                throw new IllegalStateException("no name");
            }
        };
        Registration registration =
                loop.register(nameless, Events.READ, (key, ready) -> throwIt(new IllegalStateException("callback")));
        TimerHandle timer = loop.scheduleAtFixedRate(Duration.ZERO, SECOND, new Runnable() {
            @Override
            public void run() {
                throw new IllegalStateException("timer");
            }

            @Override
            public String toString() {
                throw new IllegalStateException("no name");
            }
        });
        provider.current().makeReady(3, Events.READ);

        turn();

        assertEquals(2, failures.size());
        assertTrue(loop.isOpen());
        assertEquals(Events.NONE, registration.key().events());
        assertFalse(timer.isPending());
    }

    // Blocking, flooding, interrupting.

    @Test
    void aCallbackThatBlocksIsToldByTheWatchdogWhileItDoes() throws Exception {
        loop.close();
        LogLines.clear();
        loop = configured()
                .stallWatchdog(Duration.ofMillis(200))
                .threadName("stalling")
                .open();
        loop.start();
        CountDownLatch go = new CountDownLatch(1);
        loop.register(Fd.of(3), Events.READ, (key, ready) -> LoopThreads.await(go));
        provider.current().makeReady(3, Events.READ);

        LoopThreads.until(() -> loop.metrics().stalls() > 0);

        List<String> told = LogLines.with("stalling has not turned for 200 ms");
        assertEquals(1, told.size());
        assertTrue(told.get(0).contains("callback=Registration[" + Fd.of(3)), told.get(0));
        assertTrue(told.get(0).contains(LoopThreads.class.getName()), told.get(0));
        go.countDown();
        CompletableFuture<Void> turned = new CompletableFuture<>();
        loop.execute(() -> turned.complete(null));
        turned.get(30, TimeUnit.SECONDS);
    }

    @Test
    void aTaskThatResubmitsItselfForEverLeavesCallbacksAndTimersTheirTurn() throws IOException {
        AtomicInteger callbacks = new AtomicInteger();
        AtomicInteger timers = new AtomicInteger();
        loop.register(Fd.of(3), Events.READ, (key, ready) -> callbacks.incrementAndGet());
        loop.scheduleWithFixedDelay(Duration.ZERO, Duration.ofNanos(1), timers::incrementAndGet);
        loop.execute(new Runnable() {
            @Override
            public void run() {
                loop.execute(this);
            }
        });

        for (int i = 0; i < 10; i++) {
            provider.current().makeReady(3, Events.READ);
            turn();
        }

        assertEquals(10, callbacks.get());
        assertEquals(10, timers.get());
    }

    @Test
    void aThousandInterruptsCauseATurnEachAtMostAndTheLoopSleepsAgain() throws Exception {
        Thread thread = LoopThreads.startAsleep(loop, provider);
        long before = loop.metrics().turns();

        for (int i = 0; i < 1000; i++) {
            thread.interrupt();
        }
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        loop.execute(() -> interrupted.complete(Thread.currentThread().isInterrupted()));
        assertFalse(interrupted.get(30, TimeUnit.SECONDS));
        LoopThreads.untilAsleep(provider);

        assertTrue(loop.metrics().turns() - before <= 1002, () -> loop.metrics().toString());
        loop.stop();
        thread.join();
    }

    @Test
    void anInterruptDuringAWaitDoesNotReachTheCallbacksOfIt() throws Exception {
        Pipe pipe = Pipe.open();
        List<Boolean> interrupted = new ArrayList<>();
        loop.register(Fd.of(3), Events.READ, (key, ready) -> {
            interrupted.add(Thread.currentThread().isInterrupted());
            pipe.sink().write(ByteBuffer.allocate(1));
        });
        provider.atAwait = () -> {
            Thread.currentThread().interrupt();
            provider.current().makeReady(3, Events.READ);
        };

        loop.runOnce(SECOND);

        assertTrue(Thread.interrupted());
        assertEquals(List.of(false), interrupted);
        assertEquals(List.of(), failures);
        assertTrue(pipe.sink().isOpen());
        pipe.sink().close();
        pipe.source().close();
    }

    @Test
    void anInterruptOfOneCallbackTaskOrTimerDoesNotReachTheNext() throws IOException {
        List<Boolean> interrupted = new ArrayList<>();
        Runnable interrupts = () -> {
            interrupted.add(Thread.currentThread().isInterrupted());
            Thread.currentThread().interrupt();
        };
        loop.schedule(Duration.ZERO, interrupts);
        loop.schedule(Duration.ZERO, interrupts);
        loop.execute(interrupts);
        loop.execute(interrupts);
        loop.register(Fd.of(3), Events.READ, (key, ready) -> interrupts.run());
        loop.register(Fd.of(4), Events.READ, (key, ready) -> interrupts.run());
        provider.current().makeReady(3, Events.READ);
        provider.current().makeReady(4, Events.READ);

        turn();

        assertTrue(Thread.interrupted());
        assertEquals(List.of(false, false, false, false, false, false), interrupted);
    }

    // Running it wrongly.

    @Test
    void aLoopThatWasStartedIsNotStartedOrRunAgainBeforeItsThreadComesRound() throws Exception {
        loop.close();
        CountDownLatch go = new CountDownLatch(1);
        loop = configured()
                .threadFactory(task -> new Thread(() -> {
                    LoopThreads.await(go);
                    task.run();
                }))
                .open();
        loop.start();

        assertThrows(IllegalStateException.class, loop::start);
        assertThrows(IllegalStateException.class, () -> loop.runOnce(Duration.ZERO));
        go.countDown();
        CompletableFuture<Void> ran = new CompletableFuture<>();
        loop.execute(() -> ran.complete(null));
        ran.get(30, TimeUnit.SECONDS);
    }

    @Test
    void aLoopThatIsClosedBeforeItsThreadComesRoundEndsWithoutIt() throws Exception {
        loop.close();
        CountDownLatch go = new CountDownLatch(1);
        List<Throwable> uncaught = new ArrayList<>();
        loop = configured()
                .threadFactory(task -> new Thread(() -> {
                    LoopThreads.await(go);
                    task.run();
                }))
                .open();
        Thread thread = loop.start();
        thread.setUncaughtExceptionHandler((t, e) -> uncaught.add(e));

        loop.close();
        go.countDown();
        thread.join();

        assertTrue(loop.isTerminated());
        assertEquals(List.of(), uncaught);
    }

    @Test
    void singleTurnsWaitAlthoughAStopWasAskedFor() throws IOException {
        loop.stop();
        turn();
        provider.current().timeouts.clear();

        loop.runOnce(Duration.ofMillis(1));

        assertEquals(List.of(Duration.ofMillis(1).toNanos()), provider.current().timeouts);
    }

    @Test
    void aGroupClosedFromInsideEndsAlsoTheLoopsThatNobodyRuns() throws Exception {
        EventLoopGroup group = EventLoopGroup.open(
                2,
                EventLoop.builder().backend(ScriptedProvider.withEverything()).clock(NanoClock.system()),
                LoopChooser.roundRobin());
        EventLoop stopped = group.next();
        EventLoop running = group.next();
        Thread[] thread = new Thread[1];
        CountDownLatch known = new CountDownLatch(1);
        stopped.execute(() -> {
            thread[0] = Thread.currentThread();
            stopped.stop();
            known.countDown();
        });
        LoopThreads.await(known);
        thread[0].join();

        running.execute(group::close);

        assertTrue(group.awaitTermination(Duration.ofSeconds(30)));
    }
}
