package dev.pollux.ffm.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.pollux.Capability;
import dev.pollux.Events;
import dev.pollux.NativeIOException;
import dev.pollux.ffm.sys.TestLibc;
import dev.pollux.spi.Backend;
import dev.pollux.spi.BackendOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every native backend does, below the selector and as far as it has the capabilities. */
abstract class BackendContract extends WaitContract {

    /** Returns the call that {@link NativeIOException#call} names when a descriptor cannot be watched. */
    abstract String addCall();

    /** Returns the call that is named when a closed descriptor is to be watched. */
    String callOnClosed() {
        return addCall();
    }

    /** Returns whether a descriptor that was closed while watched is reported, because the kernel goes by numbers. */
    boolean noticesClosing() {
        return false;
    }

    /** Returns more than fit into a wait at first. */
    int manySources() {
        return 400;
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
        int[] sockets = sockets();
        TestLibc.write(sockets[1], "a");

        add(sockets[0], Events.READ | Events.WRITE);

        assertEquals(Events.READ | Events.WRITE, pollFor(TOKEN));
        change(sockets[0], Events.WRITE);
        assertEquals(List.of("42 WRITE"), poll());
        change(sockets[0], Events.READ);
        assertEquals(List.of("42 READ"), poll());
        remove(sockets[0]);
        assertEquals(List.of(), poll());
    }

    @Test
    void anEdgeIsReportedOnceUntilNewDataArrives() throws IOException {
        assumeTrue(has(Capability.EDGE));
        int[] pipe = pipe();
        add(pipe[0], Events.READ | Events.EDGE);

        TestLibc.write(pipe[1], "a");

        assertEquals(List.of("42 READ"), poll());
        assertEquals(List.of(), poll());
        TestLibc.write(pipe[1], "b");
        assertEquals(List.of("42 READ"), poll());
        change(pipe[0], Events.READ | Events.EDGE);
        assertEquals(List.of("42 READ"), poll());
    }

    @Test
    void anEdgeBecomesALevelAndBack() throws IOException {
        assumeTrue(has(Capability.EDGE));
        int[] pipe = pipe();
        TestLibc.write(pipe[1], "a");
        add(pipe[0], Events.READ | Events.EDGE);

        change(pipe[0], Events.READ);
        assertEquals(List.of("42 READ"), poll());
        assertEquals(List.of("42 READ"), poll());
        change(pipe[0], Events.READ | Events.EDGE);

        assertEquals(List.of("42 READ"), poll());
        assertEquals(List.of(), poll());
    }

    @Test
    void aWriterThatClosesIsAHangupOrAtLeastReadable() throws IOException {
        int[] pipe = pipe();
        add(pipe[0], Events.READ);

        TestLibc.write(pipe[1], "a");
        close(pipe[1]);

        assertEquals(List.of(has(Capability.HANGUP) ? "42 READ|HANGUP" : "42 READ"), poll());
        TestLibc.read(pipe[0]);
        assertEquals(List.of(has(Capability.HANGUP) ? "42 HANGUP" : "42 READ"), poll());
    }

    @Test
    void aReaderThatClosesIsAnErrorOrAtLeastWritable() throws IOException {
        int[] pipe = pipe();
        add(pipe[1], Events.WRITE);

        close(pipe[0]);

        assertEquals(List.of(has(Capability.HANGUP) ? "42 WRITE|ERROR" : "42 WRITE"), poll());
    }

    @Test
    void urgentDataIsPriority() throws IOException {
        assumeTrue(has(Capability.PRIORITY));
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
    void filesAreReadyAtOnceOrFailWithTheWayOut(@TempDir Path directory) throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        for (Path path : List.of(file, directory, Path.of("/dev/null"))) {
            int fd = tracked(TestLibc.open(path.toString(), TestLibc.O_RDONLY | TestLibc.O_CLOEXEC));
            if (has(Capability.REGULAR_FILES)) {
                add(fd, Events.READ | Events.WRITE);
                assertEquals(List.of("42 READ|WRITE"), await(SOON.toNanos()), path::toString);
                remove(fd);
            } else {
                NativeIOException failure = assertThrows(NativeIOException.class, () -> add(fd, Events.READ));
                assertEquals(addCall(), failure.call());
                assertEquals("EPERM", failure.errnoName());
                assertTrue(String.valueOf(failure.getMessage())
                        .endsWith("use the select or poll backend, or read them directly"));
            }
        }
    }

    @Test
    void tokensKeepAllTheirBits() throws IOException {
        Set<String> expected = new HashSet<>();
        int slot = 0;
        for (int generation : new int[] {0, 1, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, 0x0123_4567}) {
            long token = (long) generation << Integer.SIZE | slot++;
            backend.add(SOURCE, readyPipe(), Events.READ, token);
            expected.add(token + " READ");
        }

        List<String> seen = poll();

        assertEquals(expected, new HashSet<>(seen));
        assertEquals(expected.size(), seen.size());
    }

    @Test
    void aWaitReportsAsMuchAsWasWishedForAndTheRestNext() throws IOException {
        int batch = 3;
        int sources = 5;
        backend.close();
        backend = newBackend(BackendOptions.defaults().withEventsPerWait(batch));
        for (int token = 0; token < sources; token++) {
            backend.add(SOURCE, readyPipe(), Events.READ, token);
        }

        List<String> first = poll();
        Set<String> all = new HashSet<>(first);
        all.addAll(poll());

        assertEquals(has(Capability.REGULAR_FILES) ? sources : batch, first.size());
        assertEquals(sources, all.size());
    }

    /** However many fitted into the waits before, and into this one at first. */
    @Test
    void aWaitReportsAllThatIsReady() throws IOException {
        int[] sockets = sockets();
        TestLibc.write(sockets[1], "a");
        int sources = manySources();
        for (int token = 0; token < sources; token++) {
            backend.add(SOURCE, tracked(TestLibc.dup(sockets[0])), Events.READ, token);
        }

        Set<String> first = new HashSet<>(poll());
        List<String> second = poll();

        assertEquals(sources, first.size());
        assertEquals(sources, second.size());
        assertEquals(first, new HashSet<>(second));
    }

    @Test
    void moreThanCanBeReportedAtOnceIsWishedForWithoutHarm() throws IOException {
        backend.close();
        backend = newBackend(BackendOptions.defaults().withEventsPerWait(Integer.MAX_VALUE));
        add(readyPipe(), Events.READ);

        assertEquals(List.of("42 READ"), poll());
    }

    /** Whatever the order in which sources come and go, exactly those that are left are watched. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void comingAndGoingLeavesTheOthersWatched(long seed) throws IOException {
        Random random = new Random(seed);
        int[] sockets = sockets();
        TestLibc.write(sockets[1], "a");
        int[] fds = IntStream.range(0, 200)
                .map(i -> tracked(TestLibc.dup(sockets[0])))
                .toArray();
        Map<Integer, Long> tokens = new HashMap<>();
        Map<Integer, String> expected = new HashMap<>();

        for (int step = 0; step < 2_000; step++) {
            int slot = random.nextInt(fds.length);
            int events = random.nextBoolean() ? Events.READ : Events.WRITE;
            Long token = tokens.get(slot);
            if (token == null) {
                token = (long) step << Integer.SIZE | slot;
                backend.add(SOURCE, fds[slot], events, token);
                tokens.put(slot, token);
                expected.put(slot, token + " " + Events.toString(events));
            } else if (random.nextBoolean()) {
                backend.change(SOURCE, fds[slot], events, token);
                expected.put(slot, token + " " + Events.toString(events));
            } else {
                backend.remove(SOURCE, fds[slot], token);
                tokens.remove(slot);
                expected.remove(slot);
            }
            if (step % 20 == 0) {
                List<String> seen = poll();
                assertEquals(Set.copyOf(expected.values()), Set.copyOf(seen));
                assertEquals(expected.size(), seen.size());
            }
        }
        tokens.forEach((slot, token) -> backend.remove(SOURCE, fds[slot], token));
        assertEquals(List.of(), poll());
    }

    @Test
    void aReusedNumberIsWatchedForWhatIsAskedNow() throws IOException {
        int[] old = pipe();
        int[] fresh = pipe();
        backend.add(SOURCE, old[0], Events.READ, 1);
        backend.remove(SOURCE, old[0], 1);
        TestLibc.dup2(fresh[1], old[0]);

        backend.add(SOURCE, old[0], Events.WRITE, 2);

        assertEquals(List.of("2 WRITE"), poll());
    }

    @Test
    void aClosedDescriptorFails() throws IOException {
        int fd = readyPipe();
        close(fd);

        NativeIOException failure = assertThrows(NativeIOException.class, () -> add(fd, Events.READ));

        assertEquals(callOnClosed() + " on fd " + fd + ": EBADF, the descriptor is not open", failure.getMessage());
        assertSleepsItsTime(QUIET_NANOS);
    }

    @Test
    void changingAClosedDescriptorFails() throws IOException {
        int[] pipe = pipe();
        add(pipe[0], Events.READ);
        close(pipe[0]);

        NativeIOException failure =
                assertThrows(NativeIOException.class, () -> change(pipe[0], Events.READ | Events.WRITE));

        assertEquals("EBADF", failure.errnoName());
    }

    @Test
    void aDescriptorClosedWhileWatchedIsInvalidOrForgottenAndTheOthersGoOn() throws IOException {
        backend.add(SOURCE, readyPipe(), Events.READ, 1);
        backend.add(SOURCE, pipe()[0], Events.READ, 2);
        int closed = readyPipe();
        backend.add(SOURCE, closed, Events.READ, 3);
        int alsoClosed = readyPipe();
        backend.add(SOURCE, alsoClosed, Events.READ, 4);

        close(closed);
        close(alsoClosed);

        Set<String> expected = noticesClosing() ? Set.of("1 READ", "3 INVALID", "4 INVALID") : Set.of("1 READ");
        assertEquals(expected, Set.copyOf(poll()));
        assertEquals(expected, Set.copyOf(await(Long.MAX_VALUE)));
        backend.remove(SOURCE, closed, 3);
        backend.remove(SOURCE, alsoClosed, 4);
        assertEquals(List.of("1 READ"), poll());
    }

    @Test
    void itsOwnDescriptorsFailAndKeepWorking() throws IOException {
        List<Integer> own = ownDescriptors();
        assertFalse(own.isEmpty());
        for (int fd : own) {
            NativeIOException failure = assertThrows(NativeIOException.class, () -> add(fd, Events.READ));
            assertEquals("EINVAL", failure.errnoName());
            assertTrue(
                    String.valueOf(failure.getMessage()).endsWith("the selector cannot watch descriptors of its own"));
        }

        backend.wakeup();

        assertEquals(List.of(), awaitWithoutLimit());
    }

    @Test
    void everyDescriptorClosesOnExec() {
        for (int fd : ownDescriptors()) {
            assertEquals(TestLibc.FD_CLOEXEC, TestLibc.fcntl(fd, TestLibc.F_GETFD, 0));
        }
    }

    @Test
    void itsDescriptorIsReadableWhileASourceIsReady() throws IOException {
        assertTrue(!has(Capability.POLLABLE) || backend.descriptor() >= 0);
        assumeTrue(has(Capability.POLLABLE));
        int[] pipe = pipe();
        add(pipe[0], Events.READ);
        try (Backend outer = PollBackend.open()) {
            outer.add("a backend", backend.descriptor(), Events.READ, 0);
            outer.await(0, (token, ready) -> assertEquals(Events.NONE, ready));

            TestLibc.write(pipe[1], "a");

            int[] seen = new int[1];
            outer.await(SOON.toNanos(), (token, ready) -> seen[0] = ready);
            assertEquals(Events.READ, seen[0]);
        }
    }
}
