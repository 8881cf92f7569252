package dev.pollux.ffm.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Events;
import dev.pollux.NativeIOException;
import dev.pollux.ffm.sys.Errno;
import dev.pollux.ffm.sys.Faults;
import dev.pollux.ffm.sys.OpenFds;
import dev.pollux.ffm.sys.TestLibc;
import dev.pollux.spi.Backend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** Through the stand-ins, which the descriptors used here need not: they are those of Linux. */
@EnabledIf("dev.pollux.ffm.sys.StandIns#areInstalled")
class DevpollBackendTest extends StandInBackendTests {

    @Override
    Backend openBackend() throws IOException {
        return DevpollBackend.open();
    }

    @Override
    int batch() {
        return DevpollBackend.BATCH;
    }

    @Test
    void directionsAreWatchedAsAsked() throws IOException {
        int[] sockets = tracked(TestLibc.socketpair());
        TestLibc.write(sockets[1], "a");

        add(sockets[0], Events.READ | Events.WRITE);

        assertEquals(Set.of("42 READ|WRITE"), new HashSet<>(poll()));
        backend.change(SOURCE, sockets[0], Events.WRITE, TOKEN);
        assertEquals(List.of("42 WRITE"), poll());
        backend.change(SOURCE, sockets[0], Events.READ, 43);
        assertEquals(List.of("43 READ"), poll());
        backend.remove(SOURCE, sockets[0], TOKEN);
        assertEquals(List.of(), poll());
    }

    @Test
    void aMaskThatLosesABitLosesItInTheKernelToo() throws IOException {
        int[] sockets = tracked(TestLibc.socketpair());
        add(sockets[0], Events.READ | Events.WRITE);

        backend.change(SOURCE, sockets[0], Events.READ, TOKEN);

        assertEquals(List.of(), poll());
    }

    @Test
    void aWriterThatClosesIsAHangup() throws IOException {
        int[] pipe = pipe();
        add(pipe[0], Events.READ);

        TestLibc.write(pipe[1], "a");
        TestLibc.close(pipe[1]);
        opened.remove((Object) pipe[1]);

        assertEquals(List.of("42 READ|HANGUP"), poll());
        TestLibc.read(pipe[0]);
        assertEquals(List.of("42 HANGUP"), poll());
    }

    @Test
    void aReaderThatClosesIsAnError() throws IOException {
        int[] pipe = pipe();
        add(pipe[1], Events.WRITE);

        TestLibc.close(pipe[0]);
        opened.remove((Object) pipe[0]);

        assertEquals(List.of("42 WRITE|ERROR"), poll());
    }

    @Test
    void aSourceThatWasClosedIsToldAsPollDoes() throws IOException {
        int[] pipe = pipe();
        add(pipe[0], Events.READ);
        TestLibc.close(pipe[0]);
        opened.remove((Object) pipe[0]);

        assertEquals(List.of("42 INVALID"), poll());
        backend.remove(SOURCE, pipe[0], TOKEN);
        assertEquals(List.of(), poll());
    }

    @Test
    void whatARefusedRemovalLeavesBehindIsRemovedLater() throws IOException {
        int[] pipe = pipe();
        add(pipe[1], Events.WRITE);
        try (Faults faults = Faults.refusing("pwrite", 1, Errno.ENOMEM)) {
            backend.remove(SOURCE, pipe[1], TOKEN);
            assertTrue(faults.struck());
        }

        assertEquals(List.of(), poll());
        assertSleepsItsTime(QUIET_NANOS);
    }

    @Test
    void aRefusedChangeLeavesWhatWas() throws IOException {
        int[] sockets = tracked(TestLibc.socketpair());
        TestLibc.write(sockets[1], "a");
        add(sockets[0], Events.READ);

        try (Faults faults = Faults.refusing("pwrite", 1, Errno.ENOMEM)) {
            assertThrows(NativeIOException.class, () -> backend.change(SOURCE, sockets[0], Events.WRITE, 43));
            assertTrue(faults.struck());
        }

        assertEquals(List.of("42 READ"), poll());
    }

    @Test
    void oneCallIsMadePerChange() throws IOException {
        int[] sockets = tracked(TestLibc.socketpair());

        try (Faults calls = Faults.recording()) {
            add(sockets[0], Events.READ | Events.WRITE);
            backend.change(SOURCE, sockets[0], Events.READ, TOKEN);
            backend.remove(SOURCE, sockets[0], TOKEN);

            assertEquals(List.of("lseek", "pwrite", "lseek", "pwrite", "pwrite"), calls.calls());
        }
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
                    "pwrite(/dev/poll) on fd " + fd + ": EPERM, this backend watches no regular files, directories or "
                            + "devices like /dev/null; use the select or poll backend, or read them directly",
                    refusal.getMessage());
        }
    }

    @Test
    void aClosedDescriptorIsRefused() throws IOException {
        int fd = TestLibc.readyEventFd();
        TestLibc.close(fd);

        NativeIOException refusal = assertThrows(NativeIOException.class, () -> add(fd, Events.READ));

        assertEquals("pwrite(/dev/poll) on fd " + fd + ": EBADF, the descriptor is not open", refusal.getMessage());
    }

    @Test
    void aRefusedWaitIsToldWithItsReason() {
        try (Faults faults = Faults.refusingAll("ioctl", Errno.EBADF)) {
            NativeIOException refusal = assertThrows(NativeIOException.class, this::poll);

            assertEquals("ioctl(DP_POLL)", refusal.call());
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

            assertEquals(List.of("ioctl", "ioctl", "ioctl"), calls.calls());
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

        assertEquals(8, failures, "open, fcntl, pipe, four times fcntl, pwrite");
    }
}
