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

class KqueueBackendProviderTest {

    private final KqueueBackendProvider provider = new KqueueBackendProvider();

    @Test
    void whatItCanDoIsToldWithoutANativeCall() {
        try (Faults calls = Faults.recording()) {
            Set<Capability> expected = EnumSet.of(
                    Capability.DESCRIPTORS,
                    Capability.EDGE,
                    Capability.NANOSECOND_TIMEOUTS,
                    Capability.CONSTANT_TIME,
                    Capability.POLLABLE);
            if (ChannelFds.areKnown()) {
                expected.add(Capability.JAVA_CHANNELS);
            }

            assertEquals(expected, provider.capabilities());
            assertEquals("kqueue", provider.name());
            assertEquals(600, provider.priority());
            assertEquals(List.of(), calls.calls());
        }
    }

    @Test
    void discoveryFindsItOnEverySystem() {
        assertTrue(Selectors.backends().stream()
                .anyMatch(candidate -> candidate.name().equals("kqueue")));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void whereTheSystemHasNoSuchThingItSaysSoWithoutANativeCall() {
        try (Faults calls = Faults.recording()) {
            Availability.Unavailable unavailable =
                    assertInstanceOf(Availability.Unavailable.class, provider.availability());

            assertEquals(
                    "no such system call here: kqueue(2) is on macOS and the BSDs; this is Linux",
                    unavailable.reason());
            assertEquals(Optional.empty(), provider.remedy(Capability.JAVA_CHANNELS));
            BackendUnavailableException refusal =
                    assertThrows(BackendUnavailableException.class, () -> provider.open(BackendOptions.defaults()));
            assertEquals("backend kqueue is unavailable: " + unavailable.reason(), refusal.getMessage());
            assertEquals(List.of(), calls.calls());
        }
    }
}
