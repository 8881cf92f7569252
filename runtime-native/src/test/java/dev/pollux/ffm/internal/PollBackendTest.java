package dev.pollux.ffm.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pollux.Capability;
import dev.pollux.Events;
import dev.pollux.NativeIOException;
import dev.pollux.ffm.PollBackendProvider;
import dev.pollux.ffm.sys.Errno;
import dev.pollux.ffm.sys.Faults;
import dev.pollux.ffm.sys.TestLibc;
import dev.pollux.spi.Backend;
import dev.pollux.spi.BackendOptions;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PollBackendTest extends PollingContract {

    @Override
    Backend newBackend(BackendOptions options) throws IOException {
        return PollBackend.open();
    }

    @Override
    Set<Capability> capabilities() {
        return new PollBackendProvider().capabilities();
    }

    @Override
    String waitCall() {
        return "poll";
    }

    @Override
    List<String> waits() {
        return List.of("ppoll", "ppoll", "ppoll");
    }

    @Override
    int callsToOpen() {
        return 3;
    }

    @Test
    void tenThousandDescriptorsAreWatched() throws IOException {
        int sources = 10_000;
        int ready = readyEventFd();
        for (int token = 0; token < sources; token++) {
            int fd = TestLibc.dup(ready);
            assumeTrue(fd != -Errno.EMFILE, "this process may not open as many");
            backend.add(SOURCE, tracked(fd), Events.READ, token);
        }

        assertEquals(sources, new HashSet<>(poll()).size());
        for (int fd : opened.subList(1, sources)) {
            backend.remove(SOURCE, fd, opened.indexOf(fd) - 1);
        }
        assertEquals(List.of(sources - 1 + " READ"), poll());
    }

    @Test
    void watchingMoreThanTheLimitFailsWithTheWayOut() {
        try (Faults faults = Faults.refusingAll("ppoll", Errno.EINVAL)) {
            NativeIOException failure = assertThrows(NativeIOException.class, this::poll);

            assertEquals(
                    "poll: EINVAL, more descriptors are watched than this process may open by now; raise ulimit -n or "
                            + "close some",
                    failure.getMessage());
            assertTrue(faults.struck());
        }
    }
}
