package dev.pollux.ffm.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.Capability;
import dev.pollux.Events;
import dev.pollux.ffm.IoUringBackendProvider;
import dev.pollux.ffm.sys.TestLibc;
import dev.pollux.spi.Backend;
import dev.pollux.spi.BackendOptions;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

@EnabledIf("dev.pollux.ffm.IoUringOnly#isHere")
class IoUringBackendTest extends BackendContract {

    @Override
    Backend newBackend(BackendOptions options) throws IOException {
        return IoUringBackend.open(options);
    }

    @Override
    Set<Capability> capabilities() {
        return new IoUringBackendProvider().capabilities();
    }

    @Override
    String addCall() {
        return "io_uring_enter(POLL_ADD)";
    }

    @Override
    String waitCall() {
        return "io_uring_enter";
    }

    @Override
    List<String> waits() {
        return List.of("io_uring_enter", "io_uring_enter", "io_uring_enter");
    }

    @Override
    boolean noticesClosing() {
        return true;
    }

    /** mmap, io_uring_setup, two times mmap, io_uring_register, eventfd. */
    @Override
    int callsToOpen() {
        return 6;
    }

    /** More than the queue of completions holds. */
    @Test
    void completionsForWhichThereIsNoRoomComeLater() throws IOException {
        int sources = 6_000;
        int ready = readyEventFd();
        for (int token = 0; token < sources; token++) {
            backend.add(SOURCE, tracked(TestLibc.dup(ready)), Events.READ, token);
        }

        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 100 && seen.size() < sources; i++) {
            seen.addAll(poll());
        }

        assertEquals(sources, seen.size());
    }

    @Test
    void aSourceThatIsClosedAfterItsRemovalIsClosedForItsPeer() throws IOException {
        int[] sockets = sockets();
        add(sockets[0], Events.READ);

        remove(sockets[0]);
        close(sockets[0]);

        assertEquals(0, TestLibc.read(sockets[1]), "the end");
    }

    @Test
    void pollsOfAThreadThatHasEndedGoOn() throws Exception {
        int[] pipe = pipe();
        Thread thread = new Thread(() -> {
            try {
                add(pipe[0], Events.READ);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        thread.start();
        thread.join();

        TestLibc.write(pipe[1], "a");

        List<String> seen = List.of();
        for (int i = 0; i < 10 && seen.isEmpty(); i++) {
            seen = await(SOON.toNanos());
        }
        assertEquals(List.of("42 READ"), seen);
    }
}
