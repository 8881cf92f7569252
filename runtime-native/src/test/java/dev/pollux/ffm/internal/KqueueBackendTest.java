package dev.pollux.ffm.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Events;
import dev.pollux.NativeIOException;
import dev.pollux.ffm.sys.Errno;
import dev.pollux.ffm.sys.Faults;
import dev.pollux.ffm.sys.Kqueue;
import dev.pollux.ffm.sys.OpenFds;
import dev.pollux.ffm.sys.StandIns;
import dev.pollux.ffm.sys.TestLibc;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Through the stand-ins, which the descriptors used here need not: they are those of Linux. */
@EnabledIf("dev.pollux.ffm.sys.StandIns#areInstalled")
class KqueueBackendTest {

    /** Something must happen within this. */
    private static final Duration SOON = Duration.ofSeconds(10);

    private static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long TOKEN = 42;
    private static final Object SOURCE = "a source";

    private final List<Integer> opened = new ArrayList<>();
    private Map<Integer, String> openBefore;
    private KqueueBackend backend;

    @BeforeEach
    void open() throws IOException {
        openBefore = OpenFds.ofEvents();
        backend = KqueueBackend.open();
    }

    @AfterEach
    void close() {
        backend.close();
        opened.forEach(TestLibc::close);
        assertEquals(openBefore, OpenFds.ofEvents());
    }

    @Test
    void readinessIsReportedAsLongAsItLasts() throws IOException {
        int[] pipe = pipe();
        add(pipe[0], Events.READ);

        List<String> empty = poll();
        TestLibc.write(pipe[1], "ab");

        assertEquals(List.of(), empty);
        assertEquals(List.of("42 READ"), poll());
        assertEquals(List.of("42 READ"), poll());
        TestLibc.read(pipe[0]);
        assertEquals(List.of(), poll());
    }

    @Test
    void directionsAreWatchedAsAsked() throws IOException {
        int[] sockets = tracked(TestLibc.socketpair());
        TestLibc.write(sockets[1], "a");

        add(sockets[0], Events.READ | Events.WRITE);

        assertEquals(Set.of("42 READ", "42 WRITE"), new HashSet<>(poll()));
        backend.change(SOURCE, sockets[0], Events.WRITE, TOKEN);
        assertEquals(List.of("42 WRITE"), poll());
        backend.change(SOURCE, sockets[0], Events.READ, 43);
        assertEquals(List.of("43 READ"), poll());
        backend.remove(SOURCE, sockets[0]);
        assertEquals(List.of(), poll());
    }

    @Test
    void anEdgeIsReportedOnceUntilNewDataArrives() throws IOException {
        int[] pipe = pipe();
        add(pipe[0], Events.READ | Events.EDGE);

        TestLibc.write(pipe[1], "a");

        assertEquals(List.of("42 READ"), poll());
        assertEquals(List.of(), poll());
        TestLibc.write(pipe[1], "b");
        assertEquals(List.of("42 READ"), poll());
    }

    @Test
    void changingAnEdgeReportsWhatIsPending() throws IOException {
        int[] pipe = pipe();
        add(pipe[0], Events.READ | Events.EDGE);
        TestLibc.write(pipe[1], "a");
        poll();

        backend.change(SOURCE, pipe[0], Events.READ | Events.EDGE, TOKEN);

        assertEquals(List.of("42 READ"), poll());
    }

    @Test
    void anEdgeBecomesALevelAndBack() throws IOException {
        int[] pipe = pipe();
        TestLibc.write(pipe[1], "a");
        add(pipe[0], Events.READ | Events.EDGE);

        backend.change(SOURCE, pipe[0], Events.READ, TOKEN);
        assertEquals(List.of("42 READ"), poll());
        assertEquals(List.of("42 READ"), poll());
        backend.change(SOURCE, pipe[0], Events.READ | Events.EDGE, TOKEN);

        assertEquals(List.of("42 READ"), poll());
        assertEquals(List.of(), poll());
    }

    @Test
    void theEndOfTheDataIsReadinessAndNoMore() throws IOException {
        int[] sockets = tracked(TestLibc.socketpair());
        add(sockets[0], Events.READ);
        TestLibc.write(sockets[1], "a");
        TestLibc.close(sockets[1]);
        opened.remove((Object) sockets[1]);

        assertEquals(List.of("42 READ"), poll());
        assertEquals(1, TestLibc.read(sockets[0]));
        assertEquals(List.of("42 READ"), poll());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void ofARefusedAdditionNothingStays(boolean reads) throws IOException {
        int[] sockets = tracked(TestLibc.socketpair());
        TestLibc.write(sockets[1], "a");
        StandIns.refuseNextAddition(reads ? Kqueue.EVFILT_READ : Kqueue.EVFILT_WRITE, Errno.ENOMEM);

        NativeIOException refusal =
                assertThrows(NativeIOException.class, () -> add(sockets[0], Events.READ | Events.WRITE));

        assertEquals("kevent(EV_ADD)", refusal.call());
        assertEquals("ENOMEM", refusal.errnoName());
        assertEquals(List.of(), poll());
    }

    @Test
    void aRefusedChangeLeavesWhatWas() throws IOException {
        int[] sockets = tracked(TestLibc.socketpair());
        TestLibc.write(sockets[1], "a");
        add(sockets[0], Events.READ);

        for (int events : new int[] {Events.WRITE, Events.READ | Events.WRITE, Events.WRITE | Events.EDGE}) {
            StandIns.refuseNextAddition(Kqueue.EVFILT_WRITE, Errno.ENOMEM);
            assertThrows(NativeIOException.class, () -> backend.change(SOURCE, sockets[0], events, 43));

            assertEquals(List.of("42 READ"), poll());
            assertEquals(List.of("42 READ"), poll());
        }
    }

    @Test
    void entriesThatTheKernelHasDroppedAreAddedAnew() throws IOException {
        int[] pipe = pipe();
        int[] other = pipe();
        add(pipe[0], Events.READ);
        TestLibc.dup2(other[1], pipe[0]);

        backend.change(SOURCE, pipe[0], Events.WRITE, TOKEN);

        assertEquals(List.of("42 WRITE"), poll());
    }

    @Test
    void aSignalThatComesAfterTheChangesDoesNotUndoThem() throws IOException {
        int[] pipe = pipe();

        try (Faults faults = Faults.refusing("kevent", 1, Errno.EINTR)) {
            add(pipe[1], Events.WRITE);
            assertTrue(faults.struck());
        }
    }

    @Test
    void oneCallIsMadePerChange() throws IOException {
        int[] sockets = tracked(TestLibc.socketpair());

        try (Faults calls = Faults.recording()) {
            add(sockets[0], Events.READ | Events.WRITE);
            backend.change(SOURCE, sockets[0], Events.READ | Events.EDGE, TOKEN);
            backend.remove(SOURCE, sockets[0]);
            backend.wakeup();

            assertEquals(List.of("lseek", "kevent", "kevent", "kevent", "kevent"), calls.calls());
        }
    }

    @Test
    void fractionsOfAMillisecondAreNotRoundedUp() throws IOException {
        long shortest = Long.MAX_VALUE;
        for (int i = 0; i < 50; i++) {
            long start = System.nanoTime();
            await(TimeUnit.MICROSECONDS.toNanos(100));
            shortest = Math.min(shortest, System.nanoTime() - start);
        }

        assertTrue(shortest < TimeUnit.MILLISECONDS.toNanos(1), "shortest wait " + shortest + " ns");
    }

    @Test
    void tokensKeepAllTheirBits() throws IOException {
        Set<String> expected = new HashSet<>();
        for (long token : new long[] {0, 1, 0xFFFF_FFFF_0000_0000L, Long.MIN_VALUE, Long.MAX_VALUE, -1}) {
            backend.add(SOURCE, pipe()[1], Events.WRITE, token);
            expected.add(token + " WRITE");
        }

        List<String> seen = poll();

        assertEquals(expected, new HashSet<>(seen));
        assertEquals(expected.size(), seen.size());
    }

    @Test
    void moreThanOneBatchIsReportedInTurn() throws IOException {
        int sources = KqueueBackend.BATCH + 50;
        for (int token = 0; token < sources; token++) {
            backend.add(SOURCE, pipe()[1], Events.WRITE, token);
        }

        List<String> first = poll();
        Set<String> all = new HashSet<>(first);
        all.addAll(poll());

        assertEquals(KqueueBackend.BATCH, first.size());
        assertEquals(sources, all.size());
    }

    @Test
    void aFileIsRefused(@TempDir Path directory) throws IOException {
        int file = tracked(
                TestLibc.open(Files.createFile(directory.resolve("file")).toString(), TestLibc.O_RDONLY));
        int folder = tracked(TestLibc.open(directory.toString(), TestLibc.O_RDONLY));
        int nothing = tracked(TestLibc.open("/dev/null", TestLibc.O_RDONLY));

        for (int fd : new int[] {file, folder, nothing}) {
            NativeIOException refusal = assertThrows(NativeIOException.class, () -> add(fd, Events.READ));
            assertEquals(
                    "kevent(EV_ADD) on fd " + fd + ": EPERM, this backend watches no regular files, directories or "
                            + "devices like /dev/null; use the select or poll backend, or read them directly",
                    refusal.getMessage());
        }
    }

    @Test
    void aClosedDescriptorIsRefused() throws IOException {
        int fd = TestLibc.readyEventFd();
        TestLibc.close(fd);

        NativeIOException refusal = assertThrows(NativeIOException.class, () -> add(fd, Events.READ));

        assertEquals("kevent(EV_ADD) on fd " + fd + ": EBADF, the descriptor is not open", refusal.getMessage());
    }

    @Test
    void changingAClosedDescriptorIsRefused() throws IOException {
        int[] pipe = TestLibc.pipe();
        opened.add(pipe[1]);
        add(pipe[0], Events.READ);
        TestLibc.close(pipe[0]);

        NativeIOException refusal = assertThrows(
                NativeIOException.class, () -> backend.change(SOURCE, pipe[0], Events.READ | Events.WRITE, TOKEN));

        assertEquals("EBADF", refusal.errnoName());
    }

    @Test
    void removingAClosedDescriptorPasses() throws IOException {
        int[] pipe = TestLibc.pipe();
        opened.add(pipe[1]);
        add(pipe[0], Events.READ);

        TestLibc.close(pipe[0]);
        backend.remove(SOURCE, pipe[0]);

        assertEquals(List.of(), poll());
    }

    @Test
    void aReusedNumberIsWatchedForWhatIsAskedNow() throws IOException {
        int[] old = pipe();
        int[] fresh = pipe();
        backend.add(SOURCE, old[0], Events.READ, 1);
        backend.remove(SOURCE, old[0]);
        TestLibc.dup2(fresh[1], old[0]);

        backend.add(SOURCE, old[0], Events.WRITE, 2);

        assertEquals(List.of("2 WRITE"), poll());
    }

    @Test
    void itsOwnDescriptorIsRefusedAndKeepsWorking() throws IOException {
        int own = ownDescriptor();
        NativeIOException refusal = assertThrows(NativeIOException.class, () -> add(own, Events.READ));

        backend.wakeup();

        assertEquals("EINVAL", refusal.errnoName());
        assertEquals(List.of(), awaitWithoutLimit());
    }

    @Test
    void aWakeupBeforeTheWaitIsNotLost() {
        backend.wakeup();

        assertEquals(List.of(), awaitWithoutLimit());
    }

    @Test
    void aWakeupEndsAWaitInProgress() throws Exception {
        CompletableFuture<List<String>> seen = new CompletableFuture<>();
        Thread waiter = new Thread(() -> {
            try {
                seen.complete(await(Long.MAX_VALUE));
            } catch (Throwable t) {
                seen.completeExceptionally(t);
            }
        });
        waiter.start();

        backend.wakeup();

        assertEquals(List.of(), seen.get(SOON.toSeconds(), TimeUnit.SECONDS));
        waiter.join();
    }

    @Test
    void manyWakeupsEndOneWait() throws IOException {
        for (int i = 0; i < 100_000; i++) {
            backend.wakeup();
        }
        awaitWithoutLimit();

        assertSleepsItsTime(QUIET_NANOS);
    }

    @Test
    void aWakeupComesTogetherWithEvents() throws IOException {
        add(pipe()[1], Events.WRITE);
        backend.wakeup();

        assertEquals(List.of("42 WRITE"), awaitWithoutLimit());
    }

    @Test
    void aWaitIsNeverTooShort() throws IOException {
        for (int i = 0; i < 50; i++) {
            assertSleepsItsTime(TimeUnit.MICROSECONDS.toNanos(100));
            assertSleepsItsTime(TimeUnit.MILLISECONDS.toNanos(3));
        }
    }

    @Test
    void hugeTimeoutsAreTaken() throws IOException {
        add(pipe()[1], Events.WRITE);

        assertEquals(List.of("42 WRITE"), await(Long.MAX_VALUE - 1));
        assertEquals(List.of("42 WRITE"), await(Duration.ofDays(400).toNanos()));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 100_000, Long.MAX_VALUE})
    void aSignalEndsTheWaitWithNothing(long timeoutNanos) throws IOException {
        try (Faults faults = Faults.refusingAny(0, Errno.EINTR)) {
            assertEquals(List.of(), await(timeoutNanos));
            assertTrue(faults.struck());
        }
    }

    @Test
    void aRefusedWaitIsToldWithItsReason() {
        try (Faults faults = Faults.refusingAll("kevent", Errno.EBADF)) {
            NativeIOException refusal = assertThrows(NativeIOException.class, this::poll);

            assertEquals("kevent", refusal.call());
            assertEquals("EBADF", refusal.errnoName());
            assertTrue(faults.struck());
        }
    }

    @Test
    void oneCallIsMadePerWait() throws IOException {
        add(pipe()[1], Events.WRITE);

        try (Faults calls = Faults.recording()) {
            poll();
            await(SOON.toNanos());
            await(Long.MAX_VALUE);

            assertEquals(List.of("kevent", "kevent", "kevent"), calls.calls());
        }
    }

    @Test
    void openingThatFailsHalfWayLeavesNothingOpen() throws IOException {
        Map<Integer, String> before = OpenFds.ofEvents();

        int failures = 0;
        while (failsToOpen(failures + 1)) {
            failures++;
            assertEquals(before, OpenFds.ofEvents(), "after failing at call " + failures);
        }

        assertEquals(3, failures, "kqueue, fcntl, kevent");
    }

    private static boolean failsToOpen(int nthCall) throws IOException {
        KqueueBackend another;
        try (Faults faults = Faults.refusingAny(nthCall, Errno.ENOMEM)) {
            another = KqueueBackend.open();
            assertFalse(faults.struck());
        } catch (NativeIOException e) {
            assertEquals("ENOMEM", e.errnoName());
            return true;
        }
        another.close();
        return false;
    }

    @Test
    void theProbeFindsNothingWrong() throws IOException {
        TokenProbe.run(KqueueBackend::open);
    }

    @Test
    void aKernelThatMixesUpTokensIsFoundOut() {
        IllegalStateException failure = assertThrows(
                IllegalStateException.class, () -> TokenProbe.run(() -> new MixedUp(KqueueBackend.open())));

        assertTrue(String.valueOf(failure.getMessage()).contains("another memory layout"), failure.getMessage());
    }

    @Test
    void everyDescriptorClosesOnExec() {
        assertEquals(TestLibc.FD_CLOEXEC, TestLibc.fcntl(ownDescriptor(), TestLibc.F_GETFD, 0));
    }

    @Test
    void oneThreadAfterAnotherMayUseIt() throws Exception {
        add(pipe()[1], Events.WRITE);

        CompletableFuture<List<String>> elsewhere = CompletableFuture.supplyAsync(this::awaitWithoutLimit);

        assertEquals(List.of("42 WRITE"), elsewhere.get(SOON.toSeconds(), TimeUnit.SECONDS));
        assertFalse(poll().isEmpty());
    }

    /** The lowest one, because it was opened first. */
    private int ownDescriptor() {
        return OpenFds.ofEventsSince(openBefore).keySet().iterator().next();
    }

    private int[] pipe() {
        return tracked(TestLibc.pipe());
    }

    private int tracked(int fd) {
        assertTrue(fd >= 0, "errno " + -fd);
        opened.add(fd);
        return fd;
    }

    private int[] tracked(int[] fds) {
        for (int fd : fds) {
            tracked(fd);
        }
        return fds;
    }

    private void add(int fd, int events) throws IOException {
        backend.add(SOURCE, fd, events, TOKEN);
    }

    private List<String> poll() throws IOException {
        return await(0);
    }

    private List<String> await(long timeoutNanos) throws IOException {
        List<String> seen = new ArrayList<>();
        backend.await(timeoutNanos, (token, ready) -> seen.add(token + " " + Events.toString(ready)));
        return seen;
    }

    private List<String> awaitWithoutLimit() {
        return assertTimeoutPreemptively(SOON, () -> await(Long.MAX_VALUE));
    }

    private void assertSleepsItsTime(long timeoutNanos) throws IOException {
        long start = System.nanoTime();
        List<String> seen = await(timeoutNanos);
        long elapsed = System.nanoTime() - start;

        assertEquals(List.of(), seen);
        assertTrue(elapsed >= timeoutNanos, "waited " + elapsed + " ns of " + timeoutNanos);
    }
}
