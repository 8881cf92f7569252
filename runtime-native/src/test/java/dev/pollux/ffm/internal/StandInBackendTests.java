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
import dev.pollux.ffm.sys.OpenFds;
import dev.pollux.ffm.sys.TestLibc;
import dev.pollux.spi.Backend;
import java.io.IOException;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the backends over the stand-ins have in common. */
@EnabledIf("dev.pollux.ffm.sys.StandIns#areInstalled")
abstract class StandInBackendTests {

    /** Something must happen within this. */
    static final Duration SOON = Duration.ofSeconds(10);

    static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    static final long TOKEN = 42;
    static final Object SOURCE = "a source";

    final List<Integer> opened = new ArrayList<>();
    Map<Integer, String> openBefore;
    Backend backend;

    /** Opens what is tested. */
    abstract Backend openBackend() throws IOException;

    /** Returns how many sources one wait of it reports at most. */
    abstract int batch();

    @BeforeEach
    void open() throws IOException {
        openBefore = OpenFds.ofEvents();
        backend = openBackend();
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
        int sources = batch() + 50;
        for (int token = 0; token < sources; token++) {
            backend.add(SOURCE, pipe()[1], Events.WRITE, token);
        }

        List<String> first = poll();
        Set<String> all = new HashSet<>(first);
        all.addAll(poll());

        assertEquals(batch(), first.size());
        assertEquals(sources, all.size());
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
        backend.remove(SOURCE, pipe[0], TOKEN);

        assertEquals(List.of(), poll());
    }

    @Test
    void aReusedNumberIsWatchedForWhatIsAskedNow() throws IOException {
        int[] old = pipe();
        int[] fresh = pipe();
        backend.add(SOURCE, old[0], Events.READ, 1);
        backend.remove(SOURCE, old[0], TOKEN);
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

    boolean failsToOpen(int nthCall) throws IOException {
        Backend another;
        try (Faults faults = Faults.refusingAny(nthCall, Errno.ENOMEM)) {
            another = openBackend();
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
        SelfTest.run(this::openBackend);
    }

    @Test
    void aKernelThatMixesUpTokensIsFoundOut() {
        IllegalStateException failure =
                assertThrows(IllegalStateException.class, () -> SelfTest.run(() -> new MixedUp(openBackend())));

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
    int ownDescriptor() {
        return OpenFds.ofEventsSince(openBefore).keySet().iterator().next();
    }

    int[] pipe() {
        return tracked(TestLibc.pipe());
    }

    int tracked(int fd) {
        assertTrue(fd >= 0, "errno " + -fd);
        opened.add(fd);
        return fd;
    }

    int[] tracked(int[] fds) {
        for (int fd : fds) {
            tracked(fd);
        }
        return fds;
    }

    void add(int fd, int events) throws IOException {
        backend.add(SOURCE, fd, events, TOKEN);
    }

    List<String> poll() throws IOException {
        return await(0);
    }

    List<String> await(long timeoutNanos) throws IOException {
        List<String> seen = new ArrayList<>();
        backend.await(timeoutNanos, (token, ready) -> seen.add(token + " " + Events.toString(ready)));
        return seen;
    }

    List<String> awaitWithoutLimit() {
        return assertTimeoutPreemptively(SOON, () -> await(Long.MAX_VALUE));
    }

    void assertSleepsItsTime(long timeoutNanos) throws IOException {
        long start = System.nanoTime();
        List<String> seen = await(timeoutNanos);
        long elapsed = System.nanoTime() - start;

        assertEquals(List.of(), seen);
        assertTrue(elapsed >= timeoutNanos, "waited " + elapsed + " ns of " + timeoutNanos);
    }
}
