package dev.pollux.ffm.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.pollux.Events;
import dev.pollux.NativeIOException;
import dev.pollux.ffm.sys.TestLibc;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What {@code poll} and {@code select} do alike. */
abstract class PollingContract extends BackendContract {

    @Override
    boolean noticesClosing() {
        return true;
    }

    @Override
    String addCall() {
        return waitCall();
    }

    @Override
    String callOnClosed() {
        return "fcntl(F_GETFD)";
    }

    @Test
    void everythingReadyIsReportedAtOnceAndEachHasItsTurnToBeFirst() throws IOException {
        int sources = 150;
        int ready = readyPipe();
        for (int token = 0; token < sources; token++) {
            backend.add(SOURCE, tracked(TestLibc.dup(ready)), Events.READ, token);
        }

        Set<String> first = new HashSet<>();
        for (int i = 0; i < sources; i++) {
            List<String> all = poll();
            assertEquals(sources, new HashSet<>(all).size());
            assertEquals(sources, all.size());
            first.add(all.get(0));
        }

        assertEquals(sources, first.size());
    }

    @Test
    void aClosedWakeDescriptorFailsTheWait() {
        int fd = ownDescriptors().get(0);
        int kept = tracked(TestLibc.dup(fd));
        TestLibc.close(fd);

        NativeIOException failure = assertThrows(NativeIOException.class, this::poll);

        assertEquals("EBADF", failure.errnoName());
        assertEquals(fd, failure.fd());
        TestLibc.dup2(kept, fd);
    }
}
