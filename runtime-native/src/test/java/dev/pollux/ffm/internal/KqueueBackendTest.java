package dev.pollux.ffm.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Events;
import dev.pollux.NativeIOException;
import dev.pollux.ffm.sys.Errno;
import dev.pollux.ffm.sys.Faults;
import dev.pollux.ffm.sys.Kqueue;
import dev.pollux.ffm.sys.OpenFds;
import dev.pollux.ffm.sys.StandIns;
import dev.pollux.ffm.sys.TestLibc;
import dev.pollux.spi.Backend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Through the stand-ins, which the descriptors used here need not: they are those of Linux. */
@EnabledIf("dev.pollux.ffm.sys.StandIns#areInstalled")
class KqueueBackendTest extends StandInBackendTests {

    @Override
    Backend openBackend() throws IOException {
        return KqueueBackend.open();
    }

    @Override
    int batch() {
        return KqueueBackend.BATCH;
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
        backend.remove(SOURCE, sockets[0], TOKEN);
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
            backend.remove(SOURCE, sockets[0], TOKEN);
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
}
