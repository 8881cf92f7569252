package dev.pollux.ffm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Capability;
import dev.pollux.EventSelector;
import dev.pollux.Events;
import dev.pollux.Fd;
import dev.pollux.NativeIOException;
import dev.pollux.Ready;
import dev.pollux.SelectorKey;
import dev.pollux.Selectors;
import dev.pollux.ffm.sys.TestLibc;
import java.io.IOException;
import java.nio.channels.ClosedSelectorException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The descriptor of a selector, watched by other selectors. */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class SelectorAsSourceTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    private final List<EventSelector> opened = new ArrayList<>();
    private EventSelector inner;
    private int[] pipe;

    @BeforeEach
    void open() throws IOException {
        inner = opened("epoll");
        pipe = TestLibc.pipe();
    }

    @AfterEach
    void close() {
        Collections.reverse(opened);
        opened.forEach(EventSelector::close);
        TestLibc.close(pipe[0]);
        TestLibc.close(pipe[1]);
    }

    private EventSelector opened(String backend) throws IOException {
        EventSelector selector = Selectors.open(backend);
        opened.add(selector);
        return selector;
    }

    private static Fd descriptorOf(EventSelector selector) {
        return Fd.of(selector.descriptor().getAsInt());
    }

    @Test
    void descriptorIsThereWithTheCapabilityAndNotWithoutIt() throws IOException {
        EventSelector poll = opened("poll");

        assertTrue(inner.capabilities().contains(Capability.POLLABLE));
        assertTrue(inner.descriptor().isPresent());
        assertTrue(TestLibc.fcntl(inner.descriptor().getAsInt(), TestLibc.F_GETFD, 0) >= 0);
        assertFalse(poll.capabilities().contains(Capability.POLLABLE));
        assertEquals(OptionalInt.empty(), poll.descriptor());

        inner.close();
        poll.close();
        assertThrows(ClosedSelectorException.class, inner::descriptor);
        assertThrows(ClosedSelectorException.class, poll::descriptor);
    }

    @Test
    void selectorIsReadableWhileOneOfItsSourcesIsReady() throws IOException {
        for (String backend : List.of("epoll", "poll", "select")) {
            EventSelector outer = opened(backend);
            SelectorKey source = inner.register(Fd.of(pipe[0]), Events.READ);
            SelectorKey watched = outer.register(descriptorOf(inner), Events.READ);
            assertEquals(List.of(), outer.selectNow());

            TestLibc.write(pipe[1], "a");

            assertEquals(List.of(new Ready(watched, Events.READ)), outer.select(LONG));
            assertEquals(List.of(new Ready(source, Events.READ)), inner.selectNow());
            TestLibc.read(pipe[0]);
            assertEquals(List.of(), outer.selectNow());
            inner.unregister(Fd.of(pipe[0]));
        }
    }

    @Test
    void selectorDoesNotWatchItself() throws IOException {
        NativeIOException failed =
                assertThrows(NativeIOException.class, () -> inner.register(descriptorOf(inner), Events.READ));

        assertEquals("EINVAL", failed.errnoName());
        assertTrue(failed.getMessage().contains("descriptors of its own"), failed.getMessage());
        assertEquals(0, inner.keys().size());
        inner.register(Fd.of(pipe[0]), Events.READ);
    }

    @Test
    void selectorsNestAsDeepAsTheKernelAllowsAndFailCleanlyBeyond() throws IOException {
        SelectorKey source = inner.register(Fd.of(pipe[0]), Events.READ);
        NativeIOException failed = null;
        EventSelector outermost = inner;
        while (failed == null) {
            EventSelector next = opened("epoll");
            Fd watched = descriptorOf(outermost);
            try {
                next.register(watched, Events.READ);
                outermost = next;
            } catch (NativeIOException e) {
                failed = e;
                assertEquals(0, next.keys().size());
                next.register(Fd.of(pipe[0]), Events.READ);
            }
            assertTrue(opened.size() < 20, "no limit");
        }

        assertEquals("ELOOP", failed.errnoName());
        assertTrue(failed.getMessage().contains("nest deeper than five"), failed.getMessage());
        assertEquals(5 + 1, opened.size());
        TestLibc.write(pipe[1], "a");
        assertEquals(1, outermost.select(LONG).size());
        assertEquals(List.of(new Ready(source, Events.READ)), inner.selectNow());
    }

    @Test
    void twoSelectorsDoNotWatchEachOther() throws IOException {
        EventSelector outer = opened("epoll");
        outer.register(descriptorOf(inner), Events.READ);

        NativeIOException failed =
                assertThrows(NativeIOException.class, () -> inner.register(descriptorOf(outer), Events.READ));

        assertEquals("ELOOP", failed.errnoName());
        assertEquals(0, inner.keys().size());
    }

    @Test
    void swapGivesAnotherDescriptorAndTheOldOneIsClosed() throws IOException {
        EventSelector outer = opened("epoll");
        inner.register(Fd.of(pipe[0]), Events.READ);
        Fd before = descriptorOf(inner);
        outer.register(before, Events.READ);

        outer.unregister(before);
        inner.swap("epoll");
        Fd after = descriptorOf(inner);
        SelectorKey watched = outer.register(after, Events.READ);
        TestLibc.write(pipe[1], "a");

        assertNotEquals(before, after);
        assertTrue(TestLibc.fcntl(before.fd(), TestLibc.F_GETFD, 0) < 0);
        assertEquals(List.of(new Ready(watched, Events.READ)), outer.select(LONG));

        inner.swap("poll");
        assertEquals(OptionalInt.empty(), inner.descriptor());
    }
}
