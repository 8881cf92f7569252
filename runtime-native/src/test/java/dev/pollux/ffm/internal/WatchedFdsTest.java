package dev.pollux.ffm.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.Events;
import org.junit.jupiter.api.Test;

class WatchedFdsTest {

    private final WatchedFds watched = new WatchedFds();

    @Test
    void whatWasNeverSetIsNotWatched() {
        assertEquals(Events.NONE, watched.events(0));
        assertEquals(Events.NONE, watched.events(1 << 20));
    }

    @Test
    void eachDescriptorHasItsOwn() {
        int[] fds = {0, 1, 511, 512, 70_000};
        for (int fd : fds) {
            watched.set(fd, Events.READ, ~(long) fd);
        }
        watched.set(511, Events.WRITE | Events.EDGE, Long.MIN_VALUE);
        watched.set(1, Events.NONE, 0);

        assertEquals(Events.READ, watched.events(0));
        assertEquals(Events.NONE, watched.events(1));
        assertEquals(Events.WRITE | Events.EDGE, watched.events(511));
        assertEquals(Long.MIN_VALUE, watched.token(511));
        assertEquals(~512L, watched.token(512));
        assertEquals(~70_000L, watched.token(70_000));
        assertEquals(Events.NONE, watched.events(69_999));
    }
}
