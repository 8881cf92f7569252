package dev.pollux.ffm.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Events;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class EventCounterTest {

    @Test
    void whatIsAddedIsTakenAtOnce() throws IOException {
        try (EventCounter counter = EventCounter.open()) {
            assertEquals(0, counter.take());
            assertTrue(counter.add(2));
            assertTrue(counter.add(3));

            assertEquals(Events.READ, Bytes.poll(counter, Events.READ));
            assertEquals(5, counter.take());
            assertEquals(Events.NONE, Bytes.poll(counter, Events.READ));
        }
    }

    @Test
    void anotherThreadMayRing() throws Exception {
        try (EventCounter counter = EventCounter.open()) {
            CompletableFuture<Boolean> ringing = CompletableFuture.supplyAsync(() -> {
                try {
                    return counter.add(1);
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });

            assertEquals(Events.READ, Bytes.await(counter, Events.READ));
            assertTrue(ringing.get(10, TimeUnit.SECONDS));
            assertEquals(1, counter.take());
        }
    }

    @Test
    void aFullCounterTakesNoMore() throws IOException {
        try (EventCounter counter = EventCounter.open()) {
            counter.add(Long.MAX_VALUE);
            counter.add(Long.MAX_VALUE);

            assertFalse(counter.add(1));
            assertEquals(-2, counter.take());
        }
    }

    @Test
    void whatIsNotPositiveAndWhatComesAfterCloseIsRefused() throws IOException {
        EventCounter counter = EventCounter.open();

        assertThrows(IllegalArgumentException.class, () -> counter.add(0));
        counter.close();

        assertThrows(ClosedChannelException.class, () -> counter.add(1));
        assertThrows(ClosedChannelException.class, counter::take);
    }
}
