package dev.pollux.ffm.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Availability;
import dev.pollux.Events;
import dev.pollux.NativeIOException;
import dev.pollux.ffm.sys.Errno;
import dev.pollux.ffm.sys.Faults;
import dev.pollux.ffm.sys.OpenFds;
import dev.pollux.ffm.sys.TestLibc;
import dev.pollux.spi.BackendOptions;
import dev.pollux.spi.EventSink;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the kernel does rarely or not at all here. */
@EnabledOnOs(OS.LINUX)
class EpollBackendFaultsTest {

    private static final EventSink NOTHING = (token, ready) -> {
        throw new AssertionError("reported " + token + " " + Events.toString(ready));
    };

    private static final long SHORT_NANOS = TimeUnit.MICROSECONDS.toNanos(100);
    private static final long MILLI_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    @AfterEach
    void trustTheKernelAgain() {
        EpollBackend.nanosecondWaits = true;
    }

    @ParameterizedTest
    @ValueSource(strings = {"ENOSYS", "EPERM", "EOPNOTSUPP"})
    void withoutNanosecondWaitsMillisecondsAreRoundedUp(String errnoName) throws IOException {
        int errno = List.of(Errno.ENOSYS, Errno.EPERM, Errno.EOPNOTSUPP).stream()
                .filter(number -> Errno.name(number).equals(errnoName))
                .findFirst()
                .orElseThrow();
        try (EpollBackend backend = EpollBackend.open(BackendOptions.defaults());
                Faults faults = Faults.refusingAll("epoll_pwait2", errno)) {
            long longest = 0;
            // A signal may end one of them early, and so may the end of each io_uring that this thread has used before.
            for (int i = 0; i < 3 || (longest < MILLI_NANOS && i < 50); i++) {
                long start = System.nanoTime();
                backend.await(SHORT_NANOS, NOTHING);
                longest = Math.max(longest, System.nanoTime() - start);
            }

            assertTrue(faults.struck());
            assertTrue(longest >= MILLI_NANOS, "waited " + longest + " ns");
            assertTriedOnce(faults.calls());
        }
    }

    /** The call that is denied, and again with the error number; after that only the other one, three times or more. */
    private static void assertTriedOnce(List<String> calls) {
        assertEquals(List.of("epoll_pwait2", "epoll_pwait2"), calls.subList(0, 2));
        List<String> others = calls.subList(2, calls.size());
        assertEquals(Set.of("epoll_wait"), Set.copyOf(others));
        assertTrue(others.size() >= 3, () -> "waited " + others.size() + " times");
    }

    @Test
    void aDeniedCallIsNotTriedAgain() throws IOException {
        try (EpollBackend first = EpollBackend.open(BackendOptions.defaults());
                EpollBackend second = EpollBackend.open(BackendOptions.defaults());
                Faults faults = Faults.refusingAll("epoll_pwait2", Errno.ENOSYS)) {
            first.await(SHORT_NANOS, NOTHING);
            first.await(SHORT_NANOS, NOTHING);
            second.await(SHORT_NANOS, NOTHING);

            assertTriedOnce(faults.calls());
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 100_000, Long.MAX_VALUE})
    void aSignalEndsTheWaitWithNothing(long timeoutNanos) throws IOException {
        try (EpollBackend backend = EpollBackend.open(BackendOptions.defaults());
                Faults faults = Faults.refusingAny(1, Errno.EINTR)) {
            backend.await(timeoutNanos, NOTHING);

            assertTrue(faults.struck());
            assertEquals(2, faults.calls().size());
        }
        assertTrue(EpollBackend.nanosecondWaits);
    }

    @Test
    void aSignalLosesNoEdge() throws IOException {
        int fd = TestLibc.readyEventFd();
        List<Long> seen = new ArrayList<>();
        try (EpollBackend backend = EpollBackend.open(BackendOptions.defaults())) {
            backend.add("a source", fd, Events.READ | Events.EDGE, 1);
            try (Faults faults = Faults.refusing("epoll_pwait2", 1, Errno.EINTR)) {
                backend.await(SHORT_NANOS, (token, ready) -> seen.add(token));
                assertTrue(faults.struck());
            }
            backend.await(0, (token, ready) -> seen.add(token));
        } finally {
            TestLibc.close(fd);
        }

        assertEquals(List.of(1L), seen);
    }

    @Test
    void anEntryThatTheKernelStillHasIsChangedOnce() throws IOException {
        int fd = TestLibc.readyEventFd();
        try (EpollBackend backend = EpollBackend.open(BackendOptions.defaults());
                Faults faults = Faults.refusingAll("epoll_ctl", Errno.EEXIST)) {
            NativeIOException refusal =
                    assertThrows(NativeIOException.class, () -> backend.add("a source", fd, Events.READ, 1));

            assertEquals("epoll_ctl(MOD)", refusal.call());
            assertEquals(2, faults.calls().size());
        } finally {
            TestLibc.close(fd);
        }
    }

    @Test
    void runningOutOfDescriptorsIsNoReasonToBeUnavailable() {
        try (Faults faults = Faults.refusing("eventfd", 3, Errno.EMFILE)) {
            assertInstanceOf(
                    Availability.Available.class, Availability.of(() -> SelfTest.run(true, EpollBackend::open)));
            assertTrue(faults.struck());
        }
    }

    @Test
    void aKernelThatForbidsEpollIsAReasonToBeUnavailable() {
        try (Faults faults = Faults.refusing("epoll_create1", 1, Errno.EPERM)) {
            Availability.Unavailable unavailable = assertInstanceOf(
                    Availability.Unavailable.class, Availability.of(() -> SelfTest.run(true, EpollBackend::open)));

            assertEquals(
                    "epoll_create1: EPERM, the kernel or the container's filter does not allow epoll_create1; use "
                            + "another backend",
                    unavailable.reason());
            assertTrue(faults.struck());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "mmap, 1",
        "mmap, 2",
        "mmap, 3",
        "epoll_create1, 1",
        "eventfd, 1",
        "eventfd, 2",
        "eventfd, 4",
        "epoll_ctl, 1",
        "epoll_ctl, 2",
        "epoll_ctl, 4"
    })
    void aProbeThatFailsLeavesNothingOpen(String call, int nth) {
        Map<Integer, String> before = OpenFds.ofEvents();

        try (Faults faults = Faults.refusing(call, nth, Errno.EPERM)) {
            assertInstanceOf(
                    Availability.Unavailable.class, Availability.of(() -> SelfTest.run(true, EpollBackend::open)));
            assertTrue(faults.struck());
        }

        assertEquals(before, OpenFds.ofEvents());
    }
}
