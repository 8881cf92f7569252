package dev.pollux.ffm.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pollux.Events;
import dev.pollux.NativeIOException;
import dev.pollux.ffm.sys.EventFd;
import dev.pollux.ffm.sys.Faults;
import dev.pollux.ffm.sys.OpenFds;
import dev.pollux.ffm.sys.TestLibc;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class EpollBackendTest {

    /** Something must happen within this. */
    private static final Duration SOON = Duration.ofSeconds(10);

    private static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long TOKEN = 42;
    private static final Object SOURCE = "a source";

    private final List<Integer> opened = new ArrayList<>();
    private Map<Integer, String> openBefore;
    private EpollBackend backend;

    @BeforeEach
    void open() throws IOException {
        openBefore = OpenFds.ofEvents();
        backend = EpollBackend.open();
    }

    @AfterEach
    void close() {
        backend.close();
        opened.forEach(TestLibc::close);
        assertEquals(openBefore, OpenFds.ofEvents());
    }

    @Test
    void readinessIsReportedAsLongAsItLasts() throws IOException {
        int[] pipe = pipe();
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
    void anEdgeIsReportedOnceUntilNewDataArrives() throws IOException {
        int[] pipe = pipe();
        add(pipe[0], Events.READ | Events.EDGE);

        TestLibc.write(pipe[1], "a");

        assertEquals(List.of("42 READ"), poll());
        assertEquals(List.of(), poll());
        TestLibc.write(pipe[1], "b");
        assertEquals(List.of("42 READ"), poll());
    }

    @Test
    void changingAnEdgeReportsWhatIsPending() throws IOException {
        int[] pipe = pipe();
        add(pipe[0], Events.READ | Events.EDGE);
        TestLibc.write(pipe[1], "a");
        poll();

        backend.change(SOURCE, pipe[0], Events.READ | Events.EDGE, TOKEN);

        assertEquals(List.of("42 READ"), poll());
    }

    @Test
    void aWriterThatClosesIsAHangup() throws IOException {
        int[] pipe = pipe();
        add(pipe[0], Events.READ);

        TestLibc.write(pipe[1], "a");
        TestLibc.close(pipe[1]);
        opened.remove((Object) pipe[1]);

        assertEquals(List.of("42 READ|HANGUP"), poll());
        TestLibc.read(pipe[0]);
        assertEquals(List.of("42 HANGUP"), poll());
    }

    @Test
    void aReaderThatClosesIsAnError() throws IOException {
        int[] pipe = pipe();
        add(pipe[1], Events.WRITE);

        TestLibc.close(pipe[0]);
        opened.remove((Object) pipe[0]);

        assertEquals(List.of("42 WRITE|ERROR"), poll());
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
    void tokensKeepAllTheirBits() throws IOException {
        Set<String> expected = new HashSet<>();
        for (long token : new long[] {0, 1, 0xFFFF_FFFF_0000_0000L, Long.MIN_VALUE, Long.MAX_VALUE, -2}) {
            backend.add(SOURCE, tracked(TestLibc.readyEventFd()), Events.READ, token);
            expected.add(token + " READ");
        }

        List<String> seen = poll();

        assertEquals(expected, new HashSet<>(seen));
        assertEquals(expected.size(), seen.size());
    }

    @Test
    void moreThanOneBatchIsReportedInTurn() throws IOException {
        int sources = EpollBackend.BATCH + 50;
        for (int token = 0; token < sources; token++) {
            backend.add(SOURCE, tracked(TestLibc.readyEventFd()), Events.READ, token);
        }

        List<String> first = poll();
        Set<String> all = new HashSet<>(first);
        all.addAll(poll());

        assertEquals(EpollBackend.BATCH, first.size());
        assertEquals(sources, all.size());
    }

    @Test
    void aRegularFileIsRefused(@TempDir Path directory) throws IOException {
        int file = tracked(
                TestLibc.open(Files.createFile(directory.resolve("file")).toString(), TestLibc.O_RDONLY));
        int folder = tracked(TestLibc.open(directory.toString(), TestLibc.O_RDONLY));
        int nothing = tracked(TestLibc.open("/dev/null", TestLibc.O_RDONLY));

        for (int fd : new int[] {file, folder, nothing}) {
            NativeIOException refusal = assertThrows(NativeIOException.class, () -> add(fd, Events.READ));
            assertEquals(
                    "epoll_ctl(ADD) on fd " + fd + ": EPERM, epoll cannot watch regular files, directories or "
                            + "/dev/null; use the select or poll backend, or read them directly",
                    refusal.getMessage());
        }
    }

    @Test
    void aClosedDescriptorIsRefused() throws IOException {
        int fd = TestLibc.readyEventFd();
        TestLibc.close(fd);

        NativeIOException refusal = assertThrows(NativeIOException.class, () -> add(fd, Events.READ));

        assertEquals("epoll_ctl(ADD) on fd " + fd + ": EBADF, the descriptor is not open", refusal.getMessage());
    }

    @Test
    void changingADescriptorWhoseNumberWasReusedIsRefused() throws IOException {
        int fd = tracked(TestLibc.readyEventFd());
        add(fd, Events.READ);
        int other = tracked(TestLibc.readyEventFd());
        TestLibc.dup2(other, fd);

        NativeIOException refusal =
                assertThrows(NativeIOException.class, () -> backend.change(SOURCE, fd, Events.WRITE, TOKEN));

        assertEquals("ENOENT", refusal.errnoName());
        assertEquals(
                "epoll_ctl(MOD) on fd " + fd
                        + ": ENOENT, the file that was registered was closed while it was registered, and its number "
                        + "belongs to another file now; unregister it, and register the new file",
                refusal.getMessage());
    }

    @Test
    void removingAClosedDescriptorPasses() throws IOException {
        int fd = TestLibc.readyEventFd();
        add(fd, Events.READ);

        TestLibc.close(fd);
        backend.remove(SOURCE, fd, TOKEN);

        assertEquals(List.of(), poll());
    }

    @Test
    void anEntryLeftBehindByADuplicateIsTakenOver() throws IOException {
        int fd = tracked(TestLibc.readyEventFd());
        backend.add(SOURCE, fd, Events.WRITE, 1);
        int duplicate = tracked(TestLibc.dup(fd));
        TestLibc.close(fd);
        TestLibc.dup2(duplicate, fd);

        backend.add(SOURCE, fd, Events.READ, 2);

        assertEquals(List.of("2 READ"), poll());
    }

    @Test
    void itsOwnDescriptorsAreRefusedAndKeepWorking() throws IOException {
        for (int fd : OpenFds.ofEventsSince(openBefore).keySet()) {
            NativeIOException refusal = assertThrows(NativeIOException.class, () -> add(fd, Events.READ));
            assertEquals("EINVAL", refusal.errnoName());
        }

        backend.wakeup();

        assertEquals(List.of(), awaitWithoutLimit());
    }

    @Test
    void aWakeupEndsAWaitInProgress() throws Exception {
        CompletableFuture<Path> thread = new CompletableFuture<>();
        CompletableFuture<List<String>> seen = new CompletableFuture<>();
        Thread waiter = new Thread(() -> {
            try {
                thread.complete(Path.of("/proc").resolve(Files.readSymbolicLink(Path.of("/proc/thread-self"))));
                seen.complete(await(Long.MAX_VALUE));
            } catch (Throwable t) {
                seen.completeExceptionally(t);
            }
        });
        waiter.start();
        awaitSleep(thread.get(SOON.toSeconds(), TimeUnit.SECONDS));

        backend.wakeup();

        assertEquals(List.of(), seen.get(SOON.toSeconds(), TimeUnit.SECONDS));
        waiter.join();
    }

    @Test
    void aWakeupBeforeTheWaitIsNotLost() {
        backend.wakeup();

        assertEquals(List.of(), awaitWithoutLimit());
    }

    @Test
    void manyWakeupsEndOneWait() throws IOException {
        for (int i = 0; i < 1_000; i++) {
            backend.wakeup();
        }
        awaitWithoutLimit();

        assertSleepsItsTime(QUIET_NANOS);
    }

    @Test
    void aPollConsumesAWakeup() throws IOException {
        backend.wakeup();
        poll();

        assertSleepsItsTime(QUIET_NANOS);
    }

    @Test
    void aWakeupComesTogetherWithEvents() throws IOException {
        add(tracked(TestLibc.readyEventFd()), Events.READ);
        backend.wakeup();

        assertEquals(List.of("42 READ"), awaitWithoutLimit());
    }

    @Test
    void wakeupsThatFillTheCountNeitherBlockNorGetLost() throws IOException {
        int wakeFd = OpenFds.ofEventsSince(openBefore).entrySet().stream()
                .filter(fd -> fd.getValue().contains("[eventfd]"))
                .findFirst()
                .orElseThrow()
                .getKey();
        assertEquals(0, EventFd.write(wakeFd, -2)); // 2^64 - 2, the most it holds

        assertTimeoutPreemptively(SOON, backend::wakeup);
        awaitWithoutLimit();
        backend.wakeup();

        assertEquals(List.of(), awaitWithoutLimit());
        assertSleepsItsTime(QUIET_NANOS);
    }

    @Test
    void aWaitIsNeverTooShort() throws IOException {
        for (int i = 0; i < 50; i++) {
            assertSleepsItsTime(TimeUnit.MICROSECONDS.toNanos(100));
            assertSleepsItsTime(TimeUnit.MILLISECONDS.toNanos(3));
        }
    }

    @Test
    void fractionsOfAMillisecondAreNotRoundedUp() throws IOException {
        assumeNanosecondWaits();
        long shortest = Long.MAX_VALUE;
        for (int i = 0; i < 50; i++) {
            long start = System.nanoTime();
            await(TimeUnit.MICROSECONDS.toNanos(100));
            shortest = Math.min(shortest, System.nanoTime() - start);
        }

        assertTrue(shortest < TimeUnit.MILLISECONDS.toNanos(1), "shortest wait " + shortest + " ns");
    }

    @Test
    void hugeTimeoutsAreTaken() throws IOException {
        add(tracked(TestLibc.readyEventFd()), Events.READ);

        assertEquals(List.of("42 READ"), await(Long.MAX_VALUE - 1));
        assertEquals(List.of("42 READ"), await(Duration.ofDays(400).toNanos()));
    }

    @Test
    void oneCallIsMadePerWait() throws IOException {
        assumeNanosecondWaits();
        add(tracked(TestLibc.readyEventFd()), Events.READ);

        try (Faults calls = Faults.recording()) {
            poll();
            await(SOON.toNanos());
            await(Long.MAX_VALUE);

            assertEquals(List.of("epoll_wait", "syscall", "epoll_wait"), calls.calls());
        }
    }

    @Test
    void manyWakeupsAreReadByOneCall() throws IOException {
        backend.wakeup();
        backend.wakeup();

        try (Faults calls = Faults.recording()) {
            await(Long.MAX_VALUE);

            assertEquals(List.of("epoll_wait", "eventfd_read"), calls.calls());
        }
    }

    @Test
    void everyDescriptorClosesOnExec() {
        Set<Integer> ours = OpenFds.ofEventsSince(openBefore).keySet();

        assertEquals(2, ours.size());
        for (int fd : ours) {
            assertEquals(TestLibc.FD_CLOEXEC, TestLibc.fcntl(fd, TestLibc.F_GETFD, 0));
        }
    }

    @Test
    void oneThreadAfterAnotherMayUseIt() throws Exception {
        add(tracked(TestLibc.readyEventFd()), Events.READ);

        CompletableFuture<List<String>> elsewhere = CompletableFuture.supplyAsync(this::awaitWithoutLimit);

        assertEquals(List.of("42 READ"), elsewhere.get(SOON.toSeconds(), TimeUnit.SECONDS));
        assertFalse(poll().isEmpty());
    }

    private int[] pipe() {
        return tracked(TestLibc.pipe());
    }

    private int tracked(int fd) {
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

    private void add(int fd, int events) throws IOException {
        backend.add(SOURCE, fd, events, TOKEN);
    }

    private List<String> poll() throws IOException {
        return await(0);
    }

    private List<String> await(long timeoutNanos) throws IOException {
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

    private void assumeNanosecondWaits() throws IOException {
        await(1);
        assumeTrue(EpollBackend.nanosecondWaits, "epoll_pwait2 is not allowed here");
    }

    /** Returns once a thread sleeps in the kernel (proc(5), the state in {@code stat}). */
    private static void awaitSleep(Path thread) throws IOException {
        long deadline = System.nanoTime() + SOON.toNanos();
        String stat;
        do {
            assertTrue(System.nanoTime() - deadline < 0, "the waiting thread never sleeps");
            Thread.onSpinWait();
            stat = Files.readString(thread.resolve("stat"));
        } while (stat.charAt(stat.lastIndexOf(')') + 2) != 'S');
    }
}
