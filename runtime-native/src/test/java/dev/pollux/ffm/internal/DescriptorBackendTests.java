package dev.pollux.ffm.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Events;
import dev.pollux.NativeIOException;
import dev.pollux.ffm.sys.Errno;
import dev.pollux.ffm.sys.Faults;
import dev.pollux.ffm.sys.TestLibc;
import dev.pollux.spi.Backend;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code poll} and {@code select} do alike, below the selector. */
@EnabledOnOs(OS.LINUX)
abstract class DescriptorBackendTests {

    /** Something must happen within this. */
    static final Duration SOON = Duration.ofSeconds(10);

    static final Object SOURCE = "a source";

    private static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    static final long TOKEN = 42;

    final List<Integer> opened = new ArrayList<>();
    Backend backend;

    private final String waitCall;
    private final int callsToOpen;
    private Map<Integer, String> openBefore;

    /** Makes the tests for a backend that waits by {@code waitCall} and opens by {@code callsToOpen} calls. */
    DescriptorBackendTests(String waitCall, int callsToOpen) {
        this.waitCall = waitCall;
        this.callsToOpen = callsToOpen;
    }

    abstract Backend newBackend() throws IOException;

    @BeforeEach
    void open() throws IOException {
        openBefore = openFds();
        backend = newBackend();
    }

    @AfterEach
    void close() throws IOException {
        backend.close();
        opened.forEach(TestLibc::close);
        assertEquals(openBefore, openFds());
    }

    /** Returns the descriptors that can be ours, with what they are (proc(5)). */
    static Map<Integer, String> openFds() throws IOException {
        Map<Integer, String> open = new TreeMap<>();
        for (File link : new File("/proc/self/fd").listFiles()) {
            try {
                String what = Files.readSymbolicLink(link.toPath()).toString();
                if (what.contains("[eventfd]") || what.startsWith("pipe:")) {
                    open.put(Integer.valueOf(link.getName()), what);
                }
            } catch (NoSuchFileException closedMeanwhile) {
                // The one through which the directory was listed.
            }
        }
        return open;
    }

    private Set<Integer> ownFds() throws IOException {
        Map<Integer, String> own = openFds();
        own.keySet().removeAll(openBefore.keySet());
        return own.keySet();
    }

    @Test
    void readinessIsReportedAsLongAsItLasts() throws IOException {
        int[] pipe = tracked(TestLibc.pipe());
        add(pipe[0], Events.READ);

        List<String> empty = poll();
        TestLibc.write(pipe[1], "ab");

        assertEquals(List.of(), empty);
        assertEquals(List.of("42 READ"), poll());
        assertEquals(List.of("42 READ"), poll());
        TestLibc.read(pipe[0]);
        assertEquals(List.of(), poll());
    }

    @Test
    void directionsAreWatchedAsAsked() throws IOException {
        int[] sockets = tracked(TestLibc.socketpair());
        TestLibc.write(sockets[1], "a");

        add(sockets[0], Events.READ | Events.WRITE);

        assertEquals(List.of("42 READ|WRITE"), poll());
        backend.change(SOURCE, sockets[0], Events.WRITE, TOKEN);
        assertEquals(List.of("42 WRITE"), poll());
        backend.change(SOURCE, sockets[0], Events.READ, 43);
        assertEquals(List.of("43 READ"), poll());
        backend.remove(SOURCE, sockets[0], TOKEN);
        assertEquals(List.of(), poll());
    }

    @Test
    void urgentDataIsPriority() throws IOException {
        try (ServerSocketChannel server =
                        ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                SocketChannel sender = SocketChannel.open(server.getLocalAddress());
                SocketChannel receiver = server.accept()) {
            add(ChannelFds.fd(receiver), Events.PRIORITY);

            List<String> before = poll();
            sender.socket().sendUrgentData(1);

            assertEquals(List.of(), before);
            assertEquals(List.of("42 PRIORITY"), await(SOON.toNanos()));
        }
    }

    @Test
    void filesAreReadyAtOnce(@TempDir Path directory) throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        for (Path path : List.of(file, directory, Path.of("/dev/null"))) {
            int fd = tracked(TestLibc.open(path.toString(), TestLibc.O_RDONLY | TestLibc.O_CLOEXEC));
            add(fd, Events.READ | Events.WRITE);

            assertEquals(List.of("42 READ|WRITE"), await(SOON.toNanos()), path::toString);
            backend.remove(SOURCE, fd, TOKEN);
        }
    }

    @Test
    void tokensKeepAllTheirBits() throws IOException {
        Set<String> expected = new HashSet<>();
        for (long token : new long[] {0, 1, 0xFFFF_FFFF_0000_0000L, Long.MIN_VALUE, Long.MAX_VALUE, -1}) {
            backend.add(SOURCE, tracked(TestLibc.readyEventFd()), Events.READ, token);
            expected.add(token + " READ");
        }

        List<String> seen = poll();

        assertEquals(expected, new HashSet<>(seen));
        assertEquals(expected.size(), seen.size());
    }

    @Test
    void everythingReadyIsReportedAtOnceAndEachHasItsTurnToBeFirst() throws IOException {
        int sources = 150;
        int ready = tracked(TestLibc.readyEventFd());
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

    /** Whatever the order in which sources come and go, exactly those that are left are watched. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void comingAndGoingLeavesTheOthersWatched(long seed) throws IOException {
        Random random = new Random(seed);
        int ready = tracked(TestLibc.readyEventFd());
        int[] fds =
                IntStream.range(0, 200).map(i -> tracked(TestLibc.dup(ready))).toArray();
        Map<Integer, String> watched = new HashMap<>();

        for (int step = 0; step < 2_000; step++) {
            int fd = fds[random.nextInt(fds.length)];
            if (!watched.containsKey(fd)) {
                backend.add(SOURCE, fd, Events.READ, step);
                watched.put(fd, step + " READ");
            } else if (random.nextBoolean()) {
                backend.change(SOURCE, fd, Events.READ | Events.WRITE, step);
                watched.put(fd, step + " READ|WRITE");
            } else {
                backend.remove(SOURCE, fd, TOKEN);
                watched.remove(fd);
            }
            if (step % 20 == 0) {
                assertEquals(Set.copyOf(watched.values()), Set.copyOf(poll()));
            }
        }
        for (int fd : watched.keySet()) {
            backend.remove(SOURCE, fd, TOKEN);
        }
        assertEquals(List.of(), poll());
    }

    @Test
    void aClosedDescriptorIsRefused() throws IOException {
        int fd = TestLibc.readyEventFd();
        TestLibc.close(fd);

        NativeIOException refusal = assertThrows(NativeIOException.class, () -> add(fd, Events.READ));

        assertEquals("fcntl(F_GETFD) on fd " + fd + ": EBADF, the descriptor is not open", refusal.getMessage());
        assertSleepsItsTime(QUIET_NANOS);
    }

    @Test
    void changingAClosedDescriptorIsRefused() throws IOException {
        int fd = TestLibc.readyEventFd();
        add(fd, Events.READ);
        TestLibc.close(fd);

        NativeIOException refusal =
                assertThrows(NativeIOException.class, () -> backend.change(SOURCE, fd, Events.WRITE, TOKEN));

        assertEquals("EBADF", refusal.errnoName());
    }

    @Test
    void aDescriptorClosedWhileWatchedIsInvalidAndTheOthersGoOn() throws IOException {
        int[] pipe = tracked(TestLibc.pipe());
        backend.add(SOURCE, tracked(TestLibc.readyEventFd()), Events.READ, 1);
        backend.add(SOURCE, pipe[0], Events.READ, 2);
        int closed = TestLibc.readyEventFd();
        backend.add(SOURCE, closed, Events.READ, 3);
        int alsoClosed = TestLibc.readyEventFd();
        backend.add(SOURCE, alsoClosed, Events.READ | Events.PRIORITY, 4);

        TestLibc.close(closed);
        TestLibc.close(alsoClosed);

        Set<String> expected = Set.of("1 READ", "3 INVALID", "4 INVALID");
        assertEquals(expected, Set.copyOf(poll()));
        assertEquals(expected, Set.copyOf(await(Long.MAX_VALUE)));
        backend.remove(SOURCE, closed, TOKEN);
        backend.remove(SOURCE, alsoClosed, TOKEN);
        assertEquals(List.of("1 READ"), poll());
    }

    @Test
    void itsOwnDescriptorsAreRefusedAndKeepWorking() throws IOException {
        Set<Integer> own = ownFds();
        assertTrue(!own.isEmpty());
        for (int fd : own) {
            NativeIOException refusal = assertThrows(NativeIOException.class, () -> add(fd, Events.READ));
            assertEquals("EINVAL", refusal.errnoName());
            assertTrue(refusal.getMessage().endsWith("the selector cannot watch descriptors of its own"));
        }

        backend.wakeup();

        assertEquals(List.of(), awaitWithoutLimit());
    }

    @Test
    void everyDescriptorClosesOnExec() throws IOException {
        for (int fd : ownFds()) {
            assertEquals(TestLibc.FD_CLOEXEC, TestLibc.fcntl(fd, TestLibc.F_GETFD, 0));
        }
    }

    @Test
    void aWakeupEndsAWait() throws Exception {
        CompletableFuture<List<String>> seen = CompletableFuture.supplyAsync(() -> {
            try {
                return await(Long.MAX_VALUE);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });

        backend.wakeup();

        assertEquals(List.of(), seen.get(SOON.toSeconds(), TimeUnit.SECONDS));
    }

    @Test
    void aWakeupComesTogetherWithEvents() throws IOException {
        add(tracked(TestLibc.readyEventFd()), Events.READ);
        backend.wakeup();

        assertEquals(List.of("42 READ"), awaitWithoutLimit());
        assertEquals(List.of("42 READ"), awaitWithoutLimit());
    }

    /** More than a pipe holds. */
    @Test
    void anyNumberOfWakeupsEndOneWaitAndNoneBlocks() throws IOException {
        for (int i : new int[] {1, 511, 512, 513, 70_000}) {
            assertTimeoutPreemptively(SOON, () -> IntStream.range(0, i).forEach(n -> backend.wakeup()));

            assertEquals(List.of(), awaitWithoutLimit());
            assertSleepsItsTime(QUIET_NANOS);
        }
    }

    @Test
    void aClosedWakeDescriptorFailsTheWait() throws IOException {
        int fd = Collections.min(ownFds());
        int kept = tracked(TestLibc.dup(fd));
        TestLibc.close(fd);

        NativeIOException failure = assertThrows(NativeIOException.class, this::poll);

        assertEquals("EBADF", failure.errnoName());
        assertEquals(fd, failure.fd());
        TestLibc.dup2(kept, fd);
    }

    @Test
    void aWaitIsNeverTooShort() throws IOException {
        for (int i = 0; i < 50; i++) {
            assertSleepsItsTime(TimeUnit.MICROSECONDS.toNanos(100));
            assertSleepsItsTime(TimeUnit.MILLISECONDS.toNanos(3));
        }
    }

    @Test
    void hugeTimeoutsAreTaken() throws IOException {
        add(tracked(TestLibc.readyEventFd()), Events.READ);

        assertEquals(List.of("42 READ"), await(Long.MAX_VALUE - 1));
        assertEquals(List.of("42 READ"), await(Duration.ofDays(400).toNanos()));
    }

    @Test
    void oneCallIsMadePerWait() throws IOException {
        add(tracked(TestLibc.readyEventFd()), Events.READ);

        try (Faults calls = Faults.recording()) {
            poll();
            await(SOON.toNanos());
            await(Long.MAX_VALUE);

            assertEquals(List.of(waitCall, waitCall, waitCall), calls.calls());
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 100_000, Long.MAX_VALUE})
    void signalsEndTheWaitWithNothing(long timeoutNanos) throws IOException {
        try (Faults faults = Faults.refusingAll(waitCall, Errno.EINTR)) {
            assertEquals(List.of(), await(timeoutNanos));

            assertTrue(faults.struck());
        }
    }

    @Test
    void aSignalLosesNothing() throws IOException {
        add(tracked(TestLibc.readyEventFd()), Events.READ);

        try (Faults faults = Faults.refusing(waitCall, 1, Errno.EINTR)) {
            assertEquals(List.of("42 READ"), await(Long.MAX_VALUE));
            assertTrue(faults.struck());
        }
    }

    @Test
    void aRefusedWaitIsToldWithItsReason() {
        try (Faults faults = Faults.refusingAll(waitCall, Errno.ENOMEM)) {
            NativeIOException refusal = assertThrows(NativeIOException.class, this::poll);

            assertEquals("ENOMEM", refusal.errnoName());
            assertTrue(faults.struck());
        }
    }

    @Test
    void openingThatFailsHalfWayLeavesNothingOpen() throws IOException {
        Map<Integer, String> before = openFds();

        for (int nth = 1; nth <= callsToOpen; nth++) {
            try (Faults faults = Faults.refusingAny(nth, Errno.ENOMEM)) {
                NativeIOException refusal = assertThrows(NativeIOException.class, this::newBackend);
                assertEquals("ENOMEM", refusal.errnoName());
                assertTrue(faults.struck());
            }
            assertEquals(before, openFds(), "after failing at call " + nth);
        }
    }

    @Test
    void oneThreadAfterAnotherMayUseIt() throws Exception {
        add(tracked(TestLibc.readyEventFd()), Events.READ);

        CompletableFuture<List<String>> elsewhere = CompletableFuture.supplyAsync(this::awaitWithoutLimit);

        assertEquals(List.of("42 READ"), elsewhere.get(SOON.toSeconds(), TimeUnit.SECONDS));
        assertEquals(List.of("42 READ"), poll());
    }

    int tracked(int fd) {
        assertTrue(fd >= 0, "errno " + -fd);
        opened.add(fd);
        return fd;
    }

    private int[] tracked(int[] fds) {
        for (int fd : fds) {
            tracked(fd);
        }
        return fds;
    }

    void add(int fd, int events) throws IOException {
        backend.add(SOURCE, fd, events, TOKEN);
    }

    List<String> poll() throws IOException {
        return await(0);
    }

    List<String> await(long timeoutNanos) throws IOException {
        List<String> seen = new ArrayList<>();
        backend.await(timeoutNanos, (token, ready) -> seen.add(token + " " + Events.toString(ready)));
        return seen;
    }

    private List<String> awaitWithoutLimit() {
        return assertTimeoutPreemptively(SOON, () -> await(Long.MAX_VALUE));
    }

    private void assertSleepsItsTime(long timeoutNanos) throws IOException {
        long start = System.nanoTime();
        List<String> seen = await(timeoutNanos);
        long elapsed = System.nanoTime() - start;

        assertEquals(List.of(), seen);
        assertTrue(elapsed >= timeoutNanos, "waited " + elapsed + " ns of " + timeoutNanos);
    }
}
