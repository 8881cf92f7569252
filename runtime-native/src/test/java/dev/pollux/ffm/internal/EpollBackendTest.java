package dev.pollux.ffm.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.pollux.Capability;
import dev.pollux.Events;
import dev.pollux.NativeIOException;
import dev.pollux.ffm.EpollBackendProvider;
import dev.pollux.ffm.sys.EventFd;
import dev.pollux.ffm.sys.Faults;
import dev.pollux.ffm.sys.TestLibc;
import dev.pollux.spi.Backend;
import dev.pollux.spi.BackendOptions;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EpollBackendTest extends BackendContract {

    @Override
    Backend newBackend(BackendOptions options) throws IOException {
        return EpollBackend.open(options);
    }

    @Override
    Set<Capability> capabilities() {
        return new EpollBackendProvider().capabilities();
    }

    @Override
    String addCall() {
        return "epoll_ctl(ADD)";
    }

    @Override
    String waitCall() {
        return "epoll_wait";
    }

    @Override
    List<String> waits() {
        return List.of("epoll_wait", EpollBackend.nanosecondWaits ? "epoll_pwait2" : "epoll_wait", "epoll_wait");
    }

    /** Two of mmap, epoll_create1, eventfd, epoll_ctl. */
    @Override
    int callsToOpen() {
        return 5;
    }

    /** The room doubles more than once in one wait. */
    @Override
    int manySources() {
        return 3_000;
    }

    @Test
    void changingADescriptorWhoseNumberWasReusedFails() throws IOException {
        int fd = readyEventFd();
        add(fd, Events.READ);
        int other = readyEventFd();
        TestLibc.dup2(other, fd);

        NativeIOException failure = assertThrows(NativeIOException.class, () -> change(fd, Events.WRITE));

        assertEquals("ENOENT", failure.errnoName());
        assertEquals(
                "epoll_ctl(MOD) on fd " + fd
                        + ": ENOENT, the file that was registered was closed while it was registered, and its number "
                        + "belongs to another file now; unregister it, and register the new file",
                failure.getMessage());
    }

    @Test
    void anEntryLeftBehindByADuplicateIsTakenOver() throws IOException {
        int fd = readyEventFd();
        add(fd, Events.WRITE);
        int duplicate = tracked(TestLibc.dup(fd));
        TestLibc.close(fd);
        TestLibc.dup2(duplicate, fd);

        add(fd, Events.READ);

        assertEquals(List.of("42 READ"), poll());
    }

    @Test
    void wakeupsThatFillTheCountNeitherBlockNorGetLost() throws IOException {
        int wakeFd = ownDescriptors().get(1);
        assertEquals(0, EventFd.write(wakeFd, -2)); // 2^64 - 2, the most it holds

        assertTimeoutPreemptively(SOON, backend::wakeup);
        awaitWithoutLimit();
        backend.wakeup();

        assertEquals(List.of(), awaitWithoutLimit());
        assertSleepsItsTime(QUIET_NANOS);
    }

    @Test
    void aWakeupLeavesTheFileAloneThatHasTheNumberByNow() throws IOException {
        int[] pipe = pipe();
        TestLibc.dup2(pipe[0], ownDescriptors().get(1));

        // The end to read from refuses the write. Nothing of that file may be read then, which could block, too.
        assertTimeoutPreemptively(SOON, backend::wakeup);
        TestLibc.write(pipe[1], "a");
        assertTimeoutPreemptively(SOON, backend::wakeup);

        assertEquals(1, TestLibc.read(pipe[0]));
    }

    @Test
    void manyWakeupsEndOneWaitAndTakeNoFurtherCall() throws IOException {
        backend.wakeup();
        backend.wakeup();

        try (Faults calls = Faults.recording()) {
            await(Long.MAX_VALUE);

            assertEquals(List.of("epoll_wait"), calls.calls());
        }
        assertSleepsItsTime(QUIET_NANOS);
    }
}
