package dev.pollux.ffm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class EpollBackendProviderTest {

    private static final String SERVICE = BackendProvider.class.getName();

    private final EpollBackendProvider provider = new EpollBackendProvider();

    @Test
    void bothDeclarationsNameTheSameProviders() throws IOException, URISyntaxException {
        Path classes = Path.of(EpollBackendProvider.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        ModuleDescriptor module =
                ModuleFinder.of(classes).find("dev.pollux.ffm").orElseThrow().descriptor();

        Set<String> provided = new HashSet<>();
        module.provides().stream()
                .filter(provides -> provides.service().equals(SERVICE))
                .forEach(provides -> provided.addAll(provides.providers()));

        assertEquals(Set.copyOf(Files.readAllLines(classes.resolve("META-INF/services/" + SERVICE))), provided);
        assertTrue(provided.contains(EpollBackendProvider.class.getName()));
    }

    @Test
    void whatItCanDoIsToldWithoutANativeCall() {
        try (Faults calls = Faults.recording()) {
            Set<Capability> expected = EnumSet.of(
                    Capability.DESCRIPTORS,
                    Capability.EDGE,
                    Capability.PRIORITY,
                    Capability.HANGUP,
                    Capability.CONSTANT_TIME,
                    Capability.POLLABLE);
            Set<Capability> actual = EnumSet.copyOf(provider.capabilities());

            assertEquals(ChannelFds.areKnown(), actual.remove(Capability.JAVA_CHANNELS));
            actual.remove(Capability.NANOSECOND_TIMEOUTS); // depends on the kernel
            assertEquals(expected, actual);
            assertEquals("epoll", provider.name());
            assertEquals(400, provider.priority());
            assertEquals(List.of(), calls.calls());
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void theRemedyForChannelsNamesBothFlags() {
        assertEquals(
                Optional.of("start the JVM with --add-exports java.base/sun.nio.ch=ALL-UNNAMED "
                        + "--enable-native-access=ALL-UNNAMED"),
                provider.remedy(Capability.JAVA_CHANNELS));
        assertEquals(Optional.empty(), provider.remedy(Capability.REGULAR_FILES));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void availabilityIsFoundOutOnce() {
        Availability first = provider.availability();

        assertInstanceOf(Availability.Available.class, first);
        try (Faults calls = Faults.recording()) {
            assertSame(first, new EpollBackendProvider().availability());
            assertEquals(List.of(), calls.calls());
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aSelectorWatchesJavaChannels() throws IOException {
        Pipe pipe = Pipe.open();
        try (EventSelector selector = Selectors.open("epoll");
                Pipe.SinkChannel sink = pipe.sink();
                Pipe.SourceChannel source = pipe.source()) {
            source.configureBlocking(false);
            selector.register(source, Events.READ, "data");

            sink.write(ByteBuffer.wrap(new byte[1]));
            List<Ready> ready = selector.select(Duration.ofSeconds(10));

            assertEquals("epoll", selector.backend());
            assertEquals(1, ready.size());
            assertSame(source, ready.get(0).key().fileobj());
            assertEquals(provider.descriptor(source), ready.get(0).key().fd());
        }
    }
}
