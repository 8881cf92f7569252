package dev.pollux.ffm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Availability;
import dev.pollux.BackendUnavailableException;
import dev.pollux.Capability;
import dev.pollux.Selectors;
import dev.pollux.ffm.internal.ChannelFds;
import dev.pollux.ffm.sys.Faults;
import dev.pollux.spi.BackendOptions;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class DevpollBackendProviderTest {

    private final DevpollBackendProvider provider = new DevpollBackendProvider();

    @Test
    void whatItCanDoIsToldWithoutANativeCall() {
        try (Faults calls = Faults.recording()) {
            Set<Capability> expected = EnumSet.of(Capability.DESCRIPTORS, Capability.PRIORITY, Capability.HANGUP);
            if (ChannelFds.areKnown()) {
                expected.add(Capability.JAVA_CHANNELS);
            }

            assertEquals(expected, provider.capabilities());
            assertEquals("devpoll", provider.name());
            assertEquals(500, provider.priority());
            assertEquals(List.of(), calls.calls());
        }
    }

    @Test
    void discoveryFindsItOnEverySystem() {
        assertTrue(Selectors.backends().stream()
                .anyMatch(candidate -> candidate.name().equals("devpoll")));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void whereTheSystemHasNoSuchThingItSaysSoWithoutANativeCall() {
        try (Faults calls = Faults.recording()) {
            Availability.Unavailable unavailable =
                    assertInstanceOf(Availability.Unavailable.class, provider.availability());

            assertEquals(
                    "no such device here: poll(7D) is on Solaris and illumos; this is Linux", unavailable.reason());
            assertEquals(Optional.empty(), provider.remedy(Capability.JAVA_CHANNELS));
            BackendUnavailableException refusal =
                    assertThrows(BackendUnavailableException.class, () -> provider.open(BackendOptions.defaults()));
            assertEquals("backend devpoll is unavailable: " + unavailable.reason(), refusal.getMessage());
            assertEquals(List.of(), calls.calls());
        }
    }
}
