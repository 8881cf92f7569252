package dev.pollux.ffm.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pollux.Events;
import dev.pollux.NativeIOException;
import dev.pollux.ffm.sys.Errno;
import dev.pollux.ffm.sys.Faults;
import dev.pollux.ffm.sys.Select;
import dev.pollux.ffm.sys.TestLibc;
import dev.pollux.spi.Availability;
import dev.pollux.spi.Backend;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SelectBackendTest extends DescriptorBackendTests {

    SelectBackendTest() {
        super("pselect", 1);
    }

    @Override
    Backend newBackend() throws IOException {
        return SelectBackend.open();
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
        backend.remove(SOURCE, 1023, TOKEN);
        assertEquals(sources - 1, poll().size());
    }

    @Test
    void aDescriptorOverTheLimitIsRefused() throws IOException {
        int ready = tracked(TestLibc.readyEventFd());
        add(ready, Events.READ);
        for (int fd : new int[] {1024, 1025, 5000, Integer.MAX_VALUE}) {
            if (fd < 10_000) {
                assumeTrue(TestLibc.dup2(ready, fd) == fd, "this process may not open as many");
                tracked(fd);
            }

            NativeIOException refusal = assertThrows(NativeIOException.class, () -> add(fd, Events.READ));

            assertEquals(
                    "pselect on fd " + fd + ": EINVAL, select watches descriptors below 1024 only; use the poll or "
                            + "epoll backend",
                    refusal.getMessage());
        }

        assertEquals(List.of("42 READ"), poll());
    }

    @Test
    void withoutADescriptorBelowTheLimitItDoesNotOpen() throws IOException {
        takeEveryDescriptorBelowTheLimit();
        Map<Integer, String> before = openFds();

        NativeIOException refusal = assertThrows(NativeIOException.class, SelectBackend::open);

        assertTrue(refusal.isExhaustion());
        assertTrue(
                refusal.getMessage()
                        .endsWith("EMFILE, select needs a descriptor of its own below 1024, and all are taken; "
                                + "close some, or use the poll or epoll backend"),
                refusal.getMessage());
        assertEquals(before, openFds());
        assertInstanceOf(Availability.Available.class, Availability.of(() -> SelfTest.run(SelectBackend::open)));
    }

    private void takeEveryDescriptorBelowTheLimit() {
        int ready = tracked(TestLibc.readyEventFd());
        while (opened.get(opened.size() - 1) < Select.FD_SETSIZE) {
            int fd = TestLibc.dup(ready);
            assumeTrue(fd != -Errno.EMFILE, "this process may not open as many");
            tracked(fd);
        }
    }

    @Test
    void aWriterThatClosesIsReadable() throws IOException {
        int[] pipe = TestLibc.pipe();
        add(tracked(pipe[0]), Events.READ);

        TestLibc.close(pipe[1]);

        assertEquals(List.of("42 READ"), poll());
    }

    @Test
    void aReaderThatClosesIsWritable() throws IOException {
        int[] pipe = TestLibc.pipe();
        add(tracked(pipe[1]), Events.WRITE);

        TestLibc.close(pipe[0]);

        assertEquals(List.of("42 WRITE"), poll());
    }

    @Test
    void aDescriptorThatIsOpenAgainWhenLookedForEndsTheWaitWithNothing() throws IOException {
        add(tracked(TestLibc.readyEventFd()), Events.READ);

        try (Faults faults = Faults.refusingAll("pselect", Errno.EBADF)) {
            assertEquals(List.of(), await(Long.MAX_VALUE));
            assertTrue(faults.struck());
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
}
