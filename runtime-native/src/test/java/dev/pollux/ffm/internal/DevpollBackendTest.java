package dev.pollux.ffm.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Capability;
import dev.pollux.Events;
import dev.pollux.NativeIOException;
import dev.pollux.ffm.DevpollBackendProvider;
import dev.pollux.ffm.sys.Errno;
import dev.pollux.ffm.sys.Faults;
import dev.pollux.ffm.sys.TestLibc;
import dev.pollux.spi.Backend;
import dev.pollux.spi.BackendOptions;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** Through the stand-ins, which the descriptors used here need not: they are those of Linux. */
@EnabledIf("dev.pollux.ffm.sys.StandIns#areInstalled")
class DevpollBackendTest extends BackendContract {

    @Override
    boolean isForLinux() {
        return false;
    }

    @Override
    Backend newBackend(BackendOptions options) throws IOException {
        return DevpollBackend.open(options);
    }

    @Override
    Set<Capability> capabilities() {
        return new DevpollBackendProvider().capabilities();
    }

    @Override
    String addCall() {
        return "pwrite(/dev/poll)";
    }

    @Override
    String waitCall() {
        return "ioctl(DP_POLL)";
    }

    @Override
    List<String> waits() {
        return List.of("ioctl", "ioctl", "ioctl");
    }

    /** Two of mmap, open, fcntl, pipe, four times fcntl, pwrite. */
    @Override
    int callsToOpen() {
        return 10;
    }

    @Override
    boolean noticesClosing() {
        return true;
    }

    @Test
    void aMaskThatLosesABitLosesItInTheKernelToo() throws IOException {
        int[] sockets = sockets();
        add(sockets[0], Events.READ | Events.WRITE);

        change(sockets[0], Events.READ);

        assertEquals(List.of(), poll());
    }

    @Test
    void whatAFailedRemovalLeavesBehindIsRemovedLater() throws IOException {
        int[] pipe = pipe();
        add(pipe[1], Events.WRITE);
        try (Faults faults = Faults.refusing("pwrite", 1, Errno.ENOMEM)) {
            remove(pipe[1]);
            assertTrue(faults.struck());
        }

        assertEquals(List.of(), poll());
        assertSleepsItsTime(QUIET_NANOS);
    }

    @Test
    void aFailedChangeLeavesWhatWas() throws IOException {
        int[] sockets = sockets();
        TestLibc.write(sockets[1], "a");
        add(sockets[0], Events.READ);

        try (Faults faults = Faults.refusing("pwrite", 1, Errno.ENOMEM)) {
            assertThrows(NativeIOException.class, () -> change(sockets[0], Events.WRITE));
            assertTrue(faults.struck());
        }

        assertEquals(List.of("42 READ"), poll());
    }

    @Test
    void oneCallIsMadePerChange() throws IOException {
        int[] sockets = sockets();

        try (Faults calls = Faults.recording()) {
            add(sockets[0], Events.READ | Events.WRITE);
            change(sockets[0], Events.READ);
            remove(sockets[0]);

            assertEquals(List.of("lseek", "pwrite", "lseek", "pwrite", "pwrite"), calls.calls());
        }
    }
}
