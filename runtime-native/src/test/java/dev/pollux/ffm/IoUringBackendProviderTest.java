package dev.pollux.ffm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Availability;
import dev.pollux.Capability;
import dev.pollux.EventSelector;
import dev.pollux.Events;
import dev.pollux.Selectors;
import dev.pollux.ffm.internal.ChannelFds;
import dev.pollux.ffm.sys.Faults;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

class IoUringBackendProviderTest {

    private final IoUringBackendProvider provider = new IoUringBackendProvider();

    @Test
    void whatItCanDoIsKnownWithoutANativeCall() {
        try (Faults calls = Faults.recording()) {
            Set<Capability> actual = EnumSet.copyOf(provider.capabilities());

            assertEquals(ChannelFds.areKnown(), actual.remove(Capability.JAVA_CHANNELS));
            assertEquals(EnumSet.complementOf(EnumSet.of(Capability.JAVA_CHANNELS, Capability.POLLABLE)), actual);
            assertEquals("io_uring", provider.name());
            assertTrue(provider.priority() < new EpollBackendProvider().priority());
            assertEquals(List.of(), calls.calls());
        }
    }

    @Test
    @EnabledIf("dev.pollux.ffm.IoUringOnly#isHere")
    void availabilityIsFoundOutOnce() {
        Availability first = provider.availability();

        assertInstanceOf(Availability.Available.class, first);
        try (Faults calls = Faults.recording()) {
            assertSame(first, new IoUringBackendProvider().availability());
            assertEquals(List.of(), calls.calls());
        }
    }

    @Test
    @EnabledIf("dev.pollux.ffm.IoUringOnly#isHere")
    void aSelectorWatchesJavaChannels() throws IOException {
        Pipe pipe = Pipe.open();
        try (EventSelector selector = Selectors.open("io_uring");
                Pipe.SinkChannel sink = pipe.sink();
                Pipe.SourceChannel source = pipe.source()) {
            source.configureBlocking(false);
            selector.register(source, Events.READ, "data");

            sink.write(ByteBuffer.wrap(new byte[1]));

            assertSame(
                    source, selector.select(Duration.ofSeconds(10)).get(0).key().fileobj());
        }
    }
}
