package dev.pollux.ffm.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pollux.Capability;
import dev.pollux.Events;
import dev.pollux.NativeIOException;
import dev.pollux.ffm.sys.Errno;
import dev.pollux.ffm.sys.Faults;
import dev.pollux.ffm.sys.OpenFds;
import dev.pollux.spi.Backend;
import dev.pollux.spi.BackendOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How every native backend opens, waits and is woken. */
abstract class WaitContract extends BackendBench {

    /** Returns what the provider of the backend claims. */
    abstract Set<Capability> capabilities();

    /** Returns the call that {@link NativeIOException#call} names when a wait fails. */
    abstract String waitCall();

    /** Returns the C functions that a look, a wait with a limit and one without take. */
    abstract List<String> waits();

    /** Returns how many calls it takes to open the backend. */
    abstract int callsToOpen();

    /** Returns whether it uses what only Linux has. */
    boolean isForLinux() {
        return true;
    }

    boolean has(Capability capability) {
        return capabilities().contains(capability);
    }

    @Test
    void aWakeupEndsAWaitInProgress() throws Exception {
        CompletableFuture<Path> thread = new CompletableFuture<>();
        CompletableFuture<List<String>> seen = new CompletableFuture<>();
        Thread waiter = new Thread(() -> {
            try {
                thread.complete(Path.of("/proc").resolve(Files.readSymbolicLink(Path.of("/proc/thread-self"))));
                seen.complete(await(Long.MAX_VALUE));
            } catch (Throwable t) {
                seen.completeExceptionally(t);
            }
        });
        waiter.start();
        awaitSleep(thread.get(SOON.toSeconds(), TimeUnit.SECONDS));

        backend.wakeup();

        assertEquals(List.of(), seen.get(SOON.toSeconds(), TimeUnit.SECONDS));
        waiter.join();
    }

    /** Returns once a thread sleeps in the kernel (proc(5), the state in {@code stat}). */
    private static void awaitSleep(Path thread) throws IOException {
        long deadline = System.nanoTime() + SOON.toNanos();
        String stat;
        do {
            assertTrue(System.nanoTime() - deadline < 0, "the waiting thread never sleeps");
            Thread.onSpinWait();
            stat = Files.readString(thread.resolve("stat"));
        } while (stat.charAt(stat.lastIndexOf(')') + 2) != 'S');
    }

    /** More than a pipe holds. */
    @Test
    void anyNumberOfWakeupsEndsOneWaitAndNoneBlocks() throws IOException {
        for (int i : new int[] {1, 511, 512, 513, 70_000}) {
            assertTimeoutPreemptively(SOON, () -> IntStream.range(0, i).forEach(n -> backend.wakeup()));

            assertEquals(List.of(), awaitWithoutLimit());
            assertSleepsItsTime(QUIET_NANOS);
        }
    }

    @Test
    void aPollConsumesAWakeup() throws IOException {
        backend.wakeup();
        poll();

        assertSleepsItsTime(QUIET_NANOS);
    }

    @Test
    void aWakeupComesTogetherWithEvents() throws IOException {
        add(readyPipe(), Events.READ);
        backend.wakeup();

        assertEquals(List.of("42 READ"), awaitWithoutLimit());
        assertEquals(List.of("42 READ"), awaitWithoutLimit());
    }

    @Test
    void aWaitIsNeverTooShort() throws IOException {
        for (int i = 0; i < 50; i++) {
            assertSleepsItsTime(TimeUnit.MICROSECONDS.toNanos(100));
            assertSleepsItsTime(TimeUnit.MILLISECONDS.toNanos(3));
        }
    }

    @Test
    void fractionsOfAMillisecondAreNotRoundedUp() throws IOException {
        assumeTrue(has(Capability.NANOSECOND_TIMEOUTS));
        long shortest = Long.MAX_VALUE;
        for (int i = 0; i < 50; i++) {
            long start = System.nanoTime();
            await(TimeUnit.MICROSECONDS.toNanos(100));
            shortest = Math.min(shortest, System.nanoTime() - start);
        }

        assertTrue(shortest < TimeUnit.MILLISECONDS.toNanos(1), "shortest wait " + shortest + " ns");
    }

    @Test
    void hugeTimeoutsAreAccepted() throws IOException {
        add(readyPipe(), Events.READ);

        assertEquals(List.of("42 READ"), await(Long.MAX_VALUE - 1));
        assertEquals(List.of("42 READ"), await(Duration.ofDays(400).toNanos()));
    }

    @Test
    void oneCallIsMadePerWait() throws IOException {
        add(readyPipe(), Events.READ);

        try (Faults calls = Faults.recording()) {
            poll();
            await(SOON.toNanos());
            await(Long.MAX_VALUE);

            assertEquals(waits(), calls.calls());
        }
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
    void aSignalLosesNothing() throws IOException {
        add(readyPipe(), Events.READ);

        try (Faults faults = Faults.refusingAny(1, Errno.EINTR)) {
            assertEquals(List.of("42 READ"), await(Long.MAX_VALUE));
            assertTrue(faults.struck());
        }
    }

    @Test
    void aWaitThatFailsSaysWhy() {
        try (Faults faults = Faults.refusingAny(0, Errno.ENOMEM)) {
            NativeIOException failure = assertThrows(NativeIOException.class, this::poll);

            assertEquals(waitCall(), failure.call());
            assertEquals("ENOMEM", failure.errnoName());
            assertTrue(faults.struck());
        }
    }

    @Test
    void openingThatFailsHalfWayLeavesNothingOpen() throws IOException {
        Map<Integer, String> before = OpenFds.ofBackends();

        int failures = 0;
        while (failsToOpen(failures + 1)) {
            failures++;
            assertEquals(before, OpenFds.ofBackends(), "after failing at call " + failures);
        }

        assertEquals(callsToOpen(), failures);
    }

    private boolean failsToOpen(int nthCall) throws IOException {
        Backend another;
        try (Faults faults = Faults.refusingAny(nthCall, Errno.EMFILE)) {
            another = newBackend(BackendOptions.defaults());
            assertFalse(faults.struck());
        } catch (NativeIOException e) {
            assertEquals("EMFILE", e.errnoName());
            return true;
        }
        another.close();
        return false;
    }

    @Test
    void theSelfTestPasses() throws IOException {
        SelfTest.run(isForLinux(), this::newBackend);
    }

    @Test
    void aKernelThatMixesUpTokensIsFoundOut() {
        IllegalStateException failure = assertThrows(
                IllegalStateException.class,
                () -> SelfTest.run(isForLinux(), options -> new MixedUp(newBackend(options))));

        assertTrue(String.valueOf(failure.getMessage()).contains("another memory layout"), failure.getMessage());
    }

    @Test
    void oneThreadAfterAnotherMayUseIt() throws Exception {
        add(readyPipe(), Events.READ);

        CompletableFuture<List<String>> elsewhere = CompletableFuture.supplyAsync(this::awaitWithoutLimit);

        assertEquals(List.of("42 READ"), elsewhere.get(SOON.toSeconds(), TimeUnit.SECONDS));
        assertEquals(List.of("42 READ"), poll());
    }
}
