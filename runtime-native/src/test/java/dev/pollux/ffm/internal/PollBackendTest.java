package dev.pollux.ffm.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pollux.Events;
import dev.pollux.NativeIOException;
import dev.pollux.ffm.sys.Errno;
import dev.pollux.ffm.sys.Faults;
import dev.pollux.ffm.sys.TestLibc;
import dev.pollux.spi.Backend;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PollBackendTest extends DescriptorBackendTests {

    PollBackendTest() {
        super("ppoll", 1);
    }

    @Override
    Backend newBackend() throws IOException {
        return PollBackend.open();
    }

    @Test
    void aWriterThatClosesIsAHangup() throws IOException {
        int[] pipe = TestLibc.pipe();
        add(tracked(pipe[0]), Events.READ);

        TestLibc.write(pipe[1], "a");
        TestLibc.close(pipe[1]);

        assertEquals(List.of("42 READ|HANGUP"), poll());
        TestLibc.read(pipe[0]);
        assertEquals(List.of("42 HANGUP"), poll());
    }

    @Test
    void aReaderThatClosesIsAnError() throws IOException {
        int[] pipe = TestLibc.pipe();
        add(tracked(pipe[1]), Events.WRITE);

        TestLibc.close(pipe[0]);

        assertEquals(List.of("42 WRITE|ERROR"), poll());
    }

    @Test
    void tenThousandDescriptorsAreWatched() throws IOException {
        int sources = 10_000;
        int ready = tracked(TestLibc.readyEventFd());
        for (int token = 0; token < sources; token++) {
            int fd = TestLibc.dup(ready);
            assumeTrue(fd != -Errno.EMFILE, "this process may not open as many");
            backend.add(SOURCE, tracked(fd), Events.READ, token);
        }

        assertEquals(sources, new HashSet<>(poll()).size());
        for (int fd : opened.subList(1, sources)) {
            backend.remove(SOURCE, fd, opened.indexOf(fd));
        }
        assertEquals(List.of(sources - 1 + " READ"), poll());
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
    void watchingMoreThanTheLimitIsToldWithTheWayOut() {
        try (Faults faults = Faults.refusingAll("ppoll", Errno.EINVAL)) {
            NativeIOException refusal = assertThrows(NativeIOException.class, this::poll);

            assertEquals(
                    "poll: EINVAL, more descriptors are watched than this process may open by now; raise ulimit -n or "
                            + "close some",
                    refusal.getMessage());
            assertTrue(faults.struck());
        }
    }
}
