package dev.pollux.tck.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.pollux.Availability;
import dev.pollux.Capability;
import dev.pollux.Events;
import dev.pollux.spi.Backend;
import dev.pollux.spi.BackendOptions;
import dev.pollux.spi.BackendProvider;
import dev.pollux.spi.EventSink;
import java.io.IOException;
import java.nio.channels.Pipe;
import java.nio.channels.SelectableChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CountingProviderTest {

    private final Recording recording = new Recording();
    private final CountingProvider counting = new CountingProvider(recording);

    @Test
    void whatAProviderSaysIsPassedOn() throws IOException {
        Pipe pipe = Pipe.open();
        try (Pipe.SourceChannel channel = pipe.source();
                Pipe.SinkChannel other = pipe.sink()) {
            assertEquals("recording", counting.name());
            assertEquals(17, counting.priority());
            assertEquals(Set.of(Capability.EDGE), counting.capabilities());
            assertSame(recording.availability(), counting.availability());
            assertEquals(4711, counting.descriptor(channel));
            assertEquals(Optional.of("a flag for PRIORITY"), counting.remedy(Capability.PRIORITY));
            assertEquals(4711, counting.descriptor(other));
        }
    }

    @Test
    void everyCallIsCountedAndPassedOn() throws IOException {
        Backend backend = counting.open(BackendOptions.defaults());
        EventSink sink = (token, ready) -> {};
        backend.add("source", 5, Events.READ, 50);
        backend.change("source", 5, Events.WRITE, 50);
        backend.change("source", 5, Events.READ, 50);
        backend.remove("source", 5, 3);
        backend.await(0, sink);
        backend.await(9, sink);
        backend.wakeup();
        backend.close();

        assertEquals(
                List.of(
                        "open",
                        "add source 5 READ 50",
                        "change source 5 WRITE 50",
                        "change source 5 READ 50",
                        "remove source 5",
                        "await 0",
                        "await 9",
                        "wakeup",
                        "close"),
                recording.calls);
        assertEquals(1, counting.opened());
        assertEquals(1, counting.adds());
        assertEquals(2, counting.changes());
        assertEquals(1, counting.removes());
        assertEquals(4, counting.sourceCalls());
        assertEquals(2, counting.waits());
        assertEquals(1, counting.sleeps());
        assertEquals(1, counting.wakeups());
        assertEquals(1, counting.closed());
    }

    @Test
    void whatDoesNotOpenIsNotCounted() {
        recording.failure = new IOException("no");

        assertSame(recording.failure, assertThrows(IOException.class, () -> counting.open(BackendOptions.defaults())));

        assertEquals(0, counting.opened());
    }

    /** Writes down what it is asked. */
    private static final class Recording implements BackendProvider, Backend {

        private final List<String> calls = new ArrayList<>();
        private final Availability availability = Availability.unavailable("only written down");
        private IOException failure = new IOException("unused");
        private final IOException unused = failure;

        @Override
        public String name() {
            return "recording";
        }

        @Override
        public int priority() {
            return 17;
        }

        @Override
        public Set<Capability> capabilities() {
            return Set.of(Capability.EDGE);
        }

        @Override
        public Availability availability() {
            return availability;
        }

        @Override
        public int descriptor(SelectableChannel channel) {
            return 4711;
        }

        @Override
        public Optional<String> remedy(Capability missing) {
            return Optional.of("a flag for " + missing);
        }

        @Override
        public Backend open(BackendOptions options) throws IOException {
            if (failure != unused) {
                throw failure;
            }
            calls.add("open");
            return this;
        }

        @Override
        public void add(Object fileobj, int fd, int events, long token) {
            calls.add("add " + fileobj + " " + fd + " " + Events.toString(events) + " " + token);
        }

        @Override
        public void change(Object fileobj, int fd, int events, long token) {
            calls.add("change " + fileobj + " " + fd + " " + Events.toString(events) + " " + token);
        }

        @Override
        public void remove(Object fileobj, int fd, long token) {
            calls.add("remove " + fileobj + " " + fd);
        }

        @Override
        public void await(long timeoutNanos, EventSink sink) {
            calls.add("await " + timeoutNanos);
        }

        @Override
        public void wakeup() {
            calls.add("wakeup");
        }

        @Override
        public void close() {
            calls.add("close");
        }
    }
}
