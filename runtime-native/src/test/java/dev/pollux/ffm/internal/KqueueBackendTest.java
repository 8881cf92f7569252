package dev.pollux.ffm.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Capability;
import dev.pollux.Events;
import dev.pollux.NativeIOException;
import dev.pollux.ffm.KqueueBackendProvider;
import dev.pollux.ffm.sys.Errno;
import dev.pollux.ffm.sys.Faults;
import dev.pollux.ffm.sys.Kqueue;
import dev.pollux.ffm.sys.StandIns;
import dev.pollux.ffm.sys.TestLibc;
import dev.pollux.spi.Backend;
import dev.pollux.spi.BackendOptions;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Through the stand-ins, which the descriptors used here need not: they are those of Linux. */
@EnabledIf("dev.pollux.ffm.sys.StandIns#areInstalled")
class KqueueBackendTest extends BackendContract {

    @Override
    boolean isForLinux() {
        return false;
    }

    @Override
    Backend newBackend(BackendOptions options) throws IOException {
        return KqueueBackend.open(options);
    }

    @Override
    Set<Capability> capabilities() {
        return new KqueueBackendProvider().capabilities();
    }

    @Override
    String addCall() {
        return "kevent(EV_ADD)";
    }

    @Override
    String waitCall() {
        return "kevent";
    }

    @Override
    List<String> waits() {
        return List.of("kevent", "kevent", "kevent");
    }

    /** Two of mmap, kqueue, fcntl, kevent. */
    @Override
    int callsToOpen() {
        return 5;
    }

    /** The stand-in opens more, after the one that the backend sees. */
    @Override
    List<Integer> ownDescriptors() {
        return super.ownDescriptors().subList(0, 1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void ofAFailedAdditionNothingStays(boolean reads) throws IOException {
        int[] sockets = sockets();
        TestLibc.write(sockets[1], "a");
        StandIns.refuseNextAddition(reads ? Kqueue.EVFILT_READ : Kqueue.EVFILT_WRITE, Errno.ENOMEM);

        NativeIOException failure =
                assertThrows(NativeIOException.class, () -> add(sockets[0], Events.READ | Events.WRITE));

        assertEquals("kevent(EV_ADD)", failure.call());
        assertEquals("ENOMEM", failure.errnoName());
        assertEquals(List.of(), poll());
    }

    @Test
    void aFailedChangeLeavesWhatWas() throws IOException {
        int[] sockets = sockets();
        TestLibc.write(sockets[1], "a");
        add(sockets[0], Events.READ);

        for (int events : new int[] {Events.WRITE, Events.READ | Events.WRITE, Events.WRITE | Events.EDGE}) {
            StandIns.refuseNextAddition(Kqueue.EVFILT_WRITE, Errno.ENOMEM);
            assertThrows(NativeIOException.class, () -> change(sockets[0], events));

            assertEquals(List.of("42 READ"), poll());
            assertEquals(List.of("42 READ"), poll());
        }
    }

    @Test
    void entriesThatTheKernelHasDroppedAreAddedAnew() throws IOException {
        int[] pipe = pipe();
        int[] other = pipe();
        add(pipe[0], Events.READ);
        TestLibc.dup2(other[1], pipe[0]);

        change(pipe[0], Events.WRITE);

        assertEquals(List.of("42 WRITE"), poll());
    }

    @Test
    void aSignalThatComesAfterTheChangesDoesNotUndoThem() throws IOException {
        int[] pipe = pipe();

        try (Faults faults = Faults.refusing("kevent", 1, Errno.EINTR)) {
            add(pipe[1], Events.WRITE);
            assertTrue(faults.struck());
        }
    }

    @Test
    void oneCallIsMadePerChange() throws IOException {
        int[] sockets = sockets();

        try (Faults calls = Faults.recording()) {
            add(sockets[0], Events.READ | Events.WRITE);
            change(sockets[0], Events.READ | Events.EDGE);
            remove(sockets[0]);
            backend.wakeup();

            assertEquals(List.of("lseek", "kevent", "kevent", "kevent", "kevent"), calls.calls());
        }
    }

    @AfterEach
    void acceptPipesWithoutAReaderAgain() {
        StandIns.failWithoutReader(0);
    }

    /** EPIPE on FreeBSD and DragonFly, EBADF on NetBSD. */
    @ParameterizedTest
    @ValueSource(strings = {"EPIPE", "EBADF"})
    void aPipeWithoutAReaderIsReadyToWriteAsLongAsItIsWatchedForThat(String errnoName) throws IOException {
        StandIns.failWithoutReader(errnoName.equals("EPIPE") ? Errno.EPIPE : Errno.EBADF);
        int[] pipe = pipe();
        close(pipe[0]);

        add(pipe[1], Events.WRITE);

        assertEquals(List.of("42 WRITE"), awaitWithoutLimit());
        assertEquals(List.of("42 WRITE"), poll());
        change(pipe[1], Events.WRITE);
        assertEquals(List.of("42 WRITE"), poll());
        change(pipe[1], Events.READ);
        assertEquals(Events.NONE, pollFor(TOKEN) & Events.WRITE);
        change(pipe[1], Events.WRITE | Events.EDGE);
        assertEquals(List.of("42 WRITE"), poll());
        assertEquals(List.of(), poll());
        change(pipe[1], Events.WRITE);
        assertEquals(List.of("42 WRITE"), poll());
        assertEquals(List.of("42 WRITE"), poll());
        remove(pipe[1]);
        assertSleepsItsTime(QUIET_NANOS);
    }

    @Test
    void aPipeWithoutAReaderIsSeenInTheDescriptorOfTheBackendToo() throws IOException {
        StandIns.failWithoutReader(Errno.EPIPE);
        int[] pipe = pipe();
        close(pipe[0]);
        add(pipe[1], Events.WRITE);

        int[] seen = new int[1];
        try (Backend outer = PollBackend.open()) {
            outer.add("a backend", backend.descriptor(), Events.READ, 0);
            outer.await(SOON.toNanos(), (token, ready) -> seen[0] = ready);
        }

        assertEquals(Events.READ, seen[0]);
    }

    /** The entry for WRITE is gone when the one for READ fails, and can be made again only as one without a reader. */
    @Test
    void aFailedChangeOfAPipeWithoutAReaderLeavesItReadyToWrite() throws IOException {
        int[] pipe = pipe();
        add(pipe[1], Events.WRITE);
        StandIns.failWithoutReader(Errno.EPIPE);
        close(pipe[0]);
        StandIns.refuseNextAddition(Kqueue.EVFILT_READ, Errno.ENOMEM);

        NativeIOException failure = assertThrows(NativeIOException.class, () -> change(pipe[1], Events.READ));

        assertEquals("ENOMEM", failure.errnoName());
        assertEquals(List.of("42 WRITE"), poll());
        change(pipe[1], Events.READ);
        change(pipe[1], Events.WRITE);
        assertEquals(List.of("42 WRITE"), poll());
        remove(pipe[1]);
        assertSleepsItsTime(QUIET_NANOS);
    }

    @Test
    void aSourceIsAddedThoughAnEarlierAdditionAndItsUndoingFailed() throws IOException {
        int[] sockets = sockets();
        TestLibc.write(sockets[1], "a");
        add(sockets[0], Events.READ);
        try (Faults faults = Faults.refusingAll("kevent", Errno.ENOMEM)) {
            assertThrows(NativeIOException.class, () -> change(sockets[0], Events.WRITE));
            assertTrue(faults.struck());
        }

        assertEquals(List.of("42 READ"), poll());
        change(sockets[0], Events.WRITE);
        assertEquals(List.of("42 WRITE"), poll());
    }
}
