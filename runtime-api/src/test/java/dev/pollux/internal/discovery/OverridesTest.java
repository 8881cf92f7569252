package dev.pollux.internal.discovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OverridesTest {

    @Test
    void nothingSetMeansNothingOverridden() {
        Overrides none = Overrides.from(Map.of(), Map.of());

        assertNull(none.backend());
        assertEquals(Set.of(), none.avoided());
    }

    @Test
    void propertyWinsOverTheVariable() {
        Overrides set = Overrides.from(
                Map.of("pollux.backend", "poll"), Map.of("POLLUX_BACKEND", "epoll", "POLLUX_BACKEND_AVOID", "nio"));

        assertEquals("poll", set.backend());
        assertEquals("-Dpollux.backend", set.backendFrom());
        assertEquals(Set.of("nio"), set.avoided());
        assertEquals("POLLUX_BACKEND_AVOID", set.avoidedFrom());
    }

    @Test
    void avoidListIsSeparatedByCommasOrSpaces() {
        Overrides set = Overrides.from(Map.of("pollux.backend.avoid", " epoll, nio ,,poll"), Map.of());

        assertEquals(Set.of("epoll", "nio", "poll"), set.avoided());
    }

    @Test
    void emptyVariableCountsAsNotSet() {
        assertNull(Overrides.from(Map.of(), Map.of("POLLUX_BACKEND", " ")).backend());
    }

    @Test
    void propertiesOfTheJvmAreRead() {
        String before = System.getProperty("pollux.backend");
        System.setProperty("pollux.backend", " some_backend ");
        try {
            assertEquals("some_backend", Overrides.current().backend());
        } finally {
            if (before == null) {
                System.clearProperty("pollux.backend");
            } else {
                System.setProperty("pollux.backend", before);
            }
        }
    }
}
