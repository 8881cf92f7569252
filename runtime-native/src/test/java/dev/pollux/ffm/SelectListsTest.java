package dev.pollux.ffm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Fd;
import dev.pollux.HasFd;
import dev.pollux.NativeIOException;
import dev.pollux.Selected;
import dev.pollux.Selectors;
import dev.pollux.ffm.sys.Errno;
import dev.pollux.ffm.sys.Faults;
import dev.pollux.ffm.sys.OpenFds;
import dev.pollux.ffm.sys.TestLibc;
import java.io.IOException;
import java.nio.channels.Pipe;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link Selectors#select}, as {@code select(rlist, wlist, xlist, timeout)} of other languages. */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class SelectListsTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    private int[] pair;

    @BeforeEach
    void open() {
        pair = TestLibc.socketpair();
    }

    @AfterEach
    void close() {
        System.clearProperty("pollux.backend");
        TestLibc.close(pair[0]);
        TestLibc.close(pair[1]);
    }

    /** A source like a user's socket, next to the number that it returns. */
    private record Socket(int fd) implements HasFd {}

    @ParameterizedTest
    @ValueSource(strings = {"epoll", "poll", "select"})
    void equalNumbersInTwoListsAreOneSource(String backend) throws IOException {
        System.setProperty("pollux.backend", backend);
        TestLibc.write(pair[1], "a");
        Fd reading = Fd.of(pair[0]);
        Fd writing = Fd.of(pair[0]);

        Selected ready = Selectors.select(List.of(reading), List.of(writing), List.of(), LONG);

        assertEquals(List.of(reading), ready.readable());
        assertEquals(List.of(writing), ready.writable());
        assertTrue(ready.exceptional().isEmpty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"epoll", "poll", "select"})
    void objectAndItsNumberAreOneSourceUnderBothNames(String backend) throws IOException {
        System.setProperty("pollux.backend", backend);
        Socket socket = new Socket(pair[0]);
        Fd number = Fd.of(pair[0]);

        Selected ready = Selectors.select(List.of(socket), List.of(number, socket), List.of(), LONG);

        assertEquals(List.of(), ready.readable());
        assertEquals(List.of(number, socket), ready.writable());
    }

    @Test
    void channelAndItsNumberAreOneSource() throws IOException {
        Pipe pipe = Pipe.open();
        try {
            pipe.source().configureBlocking(false);
            Fd number = Fd.of(new EpollBackendProvider().descriptor(pipe.source()));
            TestLibc.write(new EpollBackendProvider().descriptor(pipe.sink()), "a");

            Selected ready = Selectors.select(List.of(pipe.source()), List.of(), List.of(number), LONG);

            assertEquals(List.of(pipe.source()), ready.readable());
            assertEquals(List.of(), ready.exceptional());
        } finally {
            pipe.source().close();
            pipe.sink().close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"epoll", "poll", "select"})
    void closedNumberIsReportedAsNotOpen(String backend) throws IOException {
        System.setProperty("pollux.backend", backend);
        Map<Integer, String> before = OpenFds.ofEvents();
        // The lowest free numbers, which are those that the selector of the call is given.
        int[] free = new int[4];
        for (int i = 0; i < free.length; i++) {
            free[i] = TestLibc.dup(pair[0]);
        }
        Arrays.stream(free).forEach(TestLibc::close);

        for (int closed : free) {
            NativeIOException failed = assertThrows(
                    NativeIOException.class,
                    () -> Selectors.select(List.of(Fd.of(closed)), List.of(), List.of(), LONG));

            assertEquals("EBADF", failed.errnoName(), failed.getMessage());
            assertEquals(closed, failed.fd());
        }
        assertEquals(Map.of(), OpenFds.ofEventsSince(before));
    }

    @Test
    void whatTheKernelCannotWatchFailsAsItDoesElsewhere() throws IOException {
        System.setProperty("pollux.backend", "epoll");
        int file = TestLibc.open("/etc/passwd", TestLibc.O_RDONLY);
        try {
            NativeIOException failed = assertThrows(
                    NativeIOException.class, () -> Selectors.select(List.of(Fd.of(file)), List.of(), List.of(), LONG));

            assertEquals("EPERM", failed.errnoName());
        } finally {
            TestLibc.close(file);
        }
    }

    @Test
    @SuppressWarnings("try") // Open means that the fault is there.
    void invalidArgumentThatIsNoOwnNumberStaysOne() {
        System.setProperty("pollux.backend", "poll");
        Map<Integer, String> before = OpenFds.ofEvents();
        try (Faults faults = Faults.refusingAll("fcntl", Errno.EINVAL)) {
            NativeIOException failed = assertThrows(
                    NativeIOException.class,
                    () -> Selectors.select(List.of(Fd.of(pair[0])), List.of(), List.of(), LONG));

            assertEquals("EINVAL", failed.errnoName());
        }
        assertEquals(Map.of(), OpenFds.ofEventsSince(before));
    }

    @Test
    void nothingIsReadyOnceTheTimeIsOver() throws IOException {
        assertTrue(Selectors.select(List.of(Fd.of(pair[0])), List.of(), List.of(), Duration.ofMillis(1))
                .isEmpty());
    }

    @Test
    void missingTimeoutFailsWithTheWayToWaitWithoutLimit() {
        NullPointerException missing =
                assertThrows(NullPointerException.class, () -> Selectors.select(List.of(), List.of(), List.of(), null));

        assertTrue(missing.getMessage().contains("without limit"), missing.getMessage());
    }

    @Test
    void missingSourceFailsWithTheListItIsIn() {
        NullPointerException missing = assertThrows(
                NullPointerException.class,
                () -> Selectors.select(List.of(), Arrays.asList(Fd.of(pair[0]), null), List.of(), LONG));

        assertEquals("null in writable", missing.getMessage());
    }
}
