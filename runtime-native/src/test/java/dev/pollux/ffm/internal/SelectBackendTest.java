package dev.pollux.ffm.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pollux.Availability;
import dev.pollux.Capability;
import dev.pollux.Events;
import dev.pollux.NativeIOException;
import dev.pollux.ffm.SelectBackendProvider;
import dev.pollux.ffm.sys.Errno;
import dev.pollux.ffm.sys.Faults;
import dev.pollux.ffm.sys.OpenFds;
import dev.pollux.ffm.sys.Select;
import dev.pollux.ffm.sys.TestLibc;
import dev.pollux.spi.Backend;
import dev.pollux.spi.BackendOptions;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SelectBackendTest extends PollingContract {

    @Override
    Backend newBackend(BackendOptions options) throws IOException {
        return SelectBackend.open();
    }

    @Override
    Set<Capability> capabilities() {
        return new SelectBackendProvider().capabilities();
    }

    @Override
    String waitCall() {
        return "pselect";
    }

    @Override
    List<String> waits() {
        return List.of("pselect", "pselect", "pselect");
    }

    @Override
    int callsToOpen() {
        return 2;
    }

    @Test
    void everyDescriptorBelowTheLimitIsWatched() throws IOException {
        takeEveryDescriptorBelowTheLimit();
        int sources = 0;
        for (int fd : opened) {
            if (fd < Select.FD_SETSIZE) {
                backend.add(SOURCE, fd, Events.READ, fd);
                sources++;
            }
        }

        List<String> all = poll();

        assertEquals(sources, all.size());
        assertEquals(sources, new HashSet<>(all).size());
        assertTrue(all.contains("1023 READ"), all::toString);
        backend.remove(SOURCE, 1023, 1023);
        assertEquals(sources - 1, poll().size());
    }

    @Test
    void aDescriptorOverTheLimitFails() throws IOException {
        int ready = readyEventFd();
        add(ready, Events.READ);
        for (int fd : new int[] {1024, 1025, 5000, Integer.MAX_VALUE}) {
            if (fd < 10_000) {
                assumeTrue(TestLibc.dup2(ready, fd) == fd, "this process may not open as many");
                tracked(fd);
            }

            NativeIOException failure = assertThrows(NativeIOException.class, () -> add(fd, Events.READ));

            assertEquals(
                    "pselect on fd " + fd + ": EINVAL, select watches descriptors below 1024 only; use the poll or "
                            + "epoll backend",
                    failure.getMessage());
        }

        assertEquals(List.of("42 READ"), poll());
    }

    @Test
    void withoutADescriptorBelowTheLimitItDoesNotOpen() throws IOException {
        takeEveryDescriptorBelowTheLimit();
        Map<Integer, String> before = OpenFds.ofBackends();

        NativeIOException failure = assertThrows(NativeIOException.class, SelectBackend::open);

        assertTrue(failure.isExhaustion());
        assertTrue(
                failure.getMessage()
                        .endsWith("EMFILE, select needs a descriptor of its own below 1024, and all are taken; "
                                + "close some, or use the poll or epoll backend"),
                failure.getMessage());
        assertEquals(before, OpenFds.ofBackends());
        assertInstanceOf(
                Availability.Available.class,
                Availability.of(() -> SelfTest.run(true, options -> SelectBackend.open())));
    }

    private void takeEveryDescriptorBelowTheLimit() {
        int ready = readyEventFd();
        while (opened.get(opened.size() - 1) < Select.FD_SETSIZE) {
            int fd = TestLibc.dup(ready);
            assumeTrue(fd != -Errno.EMFILE, "this process may not open as many");
            tracked(fd);
        }
    }

    @Test
    void aDescriptorThatIsOpenAgainWhenLookedForEndsTheWaitWithNothing() throws IOException {
        add(readyEventFd(), Events.READ);

        try (Faults faults = Faults.refusingAll("pselect", Errno.EBADF)) {
            assertEquals(List.of(), await(Long.MAX_VALUE));
            assertTrue(faults.struck());
        }
    }
}
