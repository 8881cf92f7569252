package dev.pollux.ffm.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Events;
import dev.pollux.ffm.sys.OpenFds;
import dev.pollux.ffm.sys.TestLibc;
import dev.pollux.spi.Backend;
import dev.pollux.spi.BackendOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A backend below the selector, descriptors for it, and the check that both leave nothing open. */
@EnabledOnOs(OS.LINUX)
abstract class BackendBench {

    /** Something must happen within this. */
    static final Duration SOON = Duration.ofSeconds(10);

    static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    static final long TOKEN = 42;
    static final Object SOURCE = "a source";

    final List<Integer> opened = new ArrayList<>();
    Map<Integer, String> openBefore;
    Backend backend;

    /** Opens what is tested. */
    abstract Backend newBackend(BackendOptions options) throws IOException;

    @BeforeEach
    void open() throws IOException {
        openBefore = OpenFds.ofBackends();
        backend = newBackend(BackendOptions.defaults());
    }

    @AfterEach
    void close() {
        backend.close();
        opened.forEach(TestLibc::close);
        assertEquals(openBefore, OpenFds.ofBackends());
    }

    /** Returns the descriptors of the backend, in the order in which it opened them. */
    List<Integer> ownDescriptors() {
        Map<Integer, String> own = OpenFds.ofBackends();
        own.keySet().removeAll(openBefore.keySet());
        own.keySet().removeAll(opened);
        return List.copyOf(own.keySet());
    }

    int[] pipe() {
        return tracked(TestLibc.pipe());
    }

    int[] sockets() {
        return tracked(TestLibc.socketpair());
    }

    /** Returns the end to read from of a pipe that has something. */
    int readyPipe() {
        int[] pipe = pipe();
        TestLibc.write(pipe[1], "a");
        return pipe[0];
    }

    int readyEventFd() {
        return tracked(TestLibc.readyEventFd());
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

    /** Closes one that was tracked. */
    void close(int fd) {
        assertTrue(opened.remove((Object) fd));
        TestLibc.close(fd);
    }

    void add(int fd, int events) throws IOException {
        backend.add(SOURCE, fd, events, TOKEN);
    }

    void change(int fd, int events) throws IOException {
        backend.change(SOURCE, fd, events, TOKEN);
    }

    void remove(int fd) {
        backend.remove(SOURCE, fd, TOKEN);
    }

    List<String> poll() throws IOException {
        return await(0);
    }

    List<String> await(long timeoutNanos) throws IOException {
        List<String> seen = new ArrayList<>();
        backend.await(timeoutNanos, (token, ready) -> seen.add(token + " " + Events.toString(ready)));
        return seen;
    }

    /** Looks once, and returns what one token is ready for, in however many parts that is reported. */
    int pollFor(long token) throws IOException {
        int[] all = new int[1];
        backend.await(0, (seen, ready) -> all[0] |= seen == token ? ready : Events.NONE);
        return all[0];
    }

    List<String> awaitWithoutLimit() {
        return assertTimeoutPreemptively(SOON, () -> await(Long.MAX_VALUE));
    }

    void assertSleepsItsTime(long timeoutNanos) throws IOException {
        long start = System.nanoTime();
        List<String> seen = await(timeoutNanos);
        long elapsed = System.nanoTime() - start;

        assertEquals(List.of(), seen);
        assertTrue(elapsed >= timeoutNanos, "waited " + elapsed + " ns of " + timeoutNanos);
    }
}
