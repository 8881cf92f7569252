package org.example.busypoll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.EventSelector;
import dev.pollux.Events;
import dev.pollux.Ready;
import dev.pollux.SelectorKey;
import dev.pollux.Selectors;
import java.io.IOException;
import java.nio.channels.Pipe;
import java.util.List;
import org.junit.jupiter.api.Test;

class BusyPollBackendProviderTest {

    @Test
    void itIsFoundAndTakenOnlyByName() throws IOException {
        try (EventSelector named = Selectors.open("busypoll");
                EventSelector best = Selectors.open()) {
            assertEquals("busypoll", named.backend());
            assertNotEquals("busypoll", best.backend());
        }
    }

    @Test
    void aSelectorMovesToItAndBack() throws IOException {
        Pipe pipe = Pipe.open();
        try (EventSelector selector = Selectors.open("nio");
                Pipe.SinkChannel sink = pipe.sink();
                Pipe.SourceChannel source = pipe.source()) {
            assertTrue(source.isOpen(), "the sink has somebody to write to");
            sink.configureBlocking(false);
            SelectorKey key = selector.register(sink, Events.WRITE, "data");

            for (String backend : List.of("busypoll", "nio")) {
                selector.swap(backend);

                assertEquals(backend, selector.backend());
                assertEquals(List.of(new Ready(key, Events.WRITE)), selector.select());
                assertSame(key, selector.key(sink));
            }
        }
    }
}
