package dev.pollux.ffm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.pollux.Availability;
import dev.pollux.Capability;
import dev.pollux.EventSelector;
import dev.pollux.Events;
import dev.pollux.Ready;
import dev.pollux.Selectors;
import dev.pollux.ffm.internal.ChannelFds;
import dev.pollux.ffm.sys.Faults;
import dev.pollux.spi.BackendProvider;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The providers of {@code poll} and {@code select}. */
class PollBackendProviderTest {

    static Stream<BackendProvider> providers() {
        return Stream.of(new PollBackendProvider(), new SelectBackendProvider());
    }

    @Test
    void whatPollCanDoIsToldWithoutANativeCall() {
        assertOffers(
                new PollBackendProvider(),
                "poll",
                200,
                EnumSet.of(Capability.DESCRIPTORS, Capability.REGULAR_FILES, Capability.PRIORITY, Capability.HANGUP));
    }

    @Test
    void whatSelectCanDoIsToldWithoutANativeCall() {
        assertOffers(
                new SelectBackendProvider(),
                "select",
                100,
                EnumSet.of(Capability.DESCRIPTORS, Capability.REGULAR_FILES, Capability.PRIORITY));
    }

    private static void assertOffers(BackendProvider provider, String name, int priority, Set<Capability> expected) {
        try (Faults calls = Faults.recording()) {
            Set<Capability> actual = EnumSet.copyOf(provider.capabilities());

            assertEquals(ChannelFds.areKnown(), actual.remove(Capability.JAVA_CHANNELS));
            assertEquals(OS.LINUX.isCurrentOs(), actual.remove(Capability.NANOSECOND_TIMEOUTS));
            assertEquals(expected, actual);
            assertEquals(name, provider.name());
            assertEquals(priority, provider.priority());
            assertEquals(List.of(), calls.calls());
        }
    }

    @ParameterizedTest
    @MethodSource("providers")
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void theRemedyForChannelsNamesBothFlags(BackendProvider provider) {
        assertEquals(
                Optional.of("start the JVM with --add-exports java.base/sun.nio.ch=ALL-UNNAMED "
                        + "--enable-native-access=ALL-UNNAMED"),
                provider.remedy(Capability.JAVA_CHANNELS));
        assertEquals(Optional.empty(), provider.remedy(Capability.EDGE));
    }

    @ParameterizedTest
    @MethodSource("providers")
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void availabilityIsFoundOutOnce(BackendProvider provider) {
        Availability first = provider.availability();

        assertInstanceOf(Availability.Available.class, first);
        try (Faults calls = Faults.recording()) {
            assertSame(first, provider.availability());
            assertEquals(List.of(), calls.calls());
        }
    }

    @ParameterizedTest
    @MethodSource("providers")
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void aSelectorWatchesJavaChannels(BackendProvider provider) throws IOException {
        Pipe pipe = Pipe.open();
        try (EventSelector selector = Selectors.open(provider.name());
                Pipe.SinkChannel sink = pipe.sink();
                Pipe.SourceChannel source = pipe.source()) {
            source.configureBlocking(false);
            selector.register(source, Events.READ, "data");

            sink.write(ByteBuffer.wrap(new byte[1]));
            List<Ready> ready = selector.select(Duration.ofSeconds(10));

            assertEquals(provider.name(), selector.backend());
            assertEquals(1, ready.size());
            assertSame(source, ready.get(0).key().fileobj());
            assertEquals(provider.descriptor(source), ready.get(0).key().fd());
        }
    }
}
