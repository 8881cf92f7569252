package dev.pollux.ffm.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class FdPositionsTest {

    private final FdPositions positions = new FdPositions();

    @Test
    void whatWasNotSetIsNowhere() {
        assertEquals(0, positions.get(0));
        assertEquals(0, positions.get(Integer.MAX_VALUE));
    }

    @Test
    void everyDescriptorHasItsOwn() {
        int[] fds = {0, 1, 511, 512, 513, 1023, 1024, 100_000, 1 << 20};
        for (int fd : fds) {
            positions.set(fd, fd + 1);
        }

        for (int fd : fds) {
            assertEquals(fd + 1, positions.get(fd));
        }
        assertEquals(0, positions.get(510));
        assertEquals(0, positions.get(99_999));
        positions.set(513, 0);
        assertEquals(0, positions.get(513));
        assertEquals(513, positions.get(512));
    }
}
