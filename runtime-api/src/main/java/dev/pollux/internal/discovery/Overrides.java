package dev.pollux.internal.discovery;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the settings of the JVM say about the choice of backend: names only, never classes or libraries.
 *
 * @param backend the one to take, or null
 * @param backendFrom where that was said
 * @param avoided those to leave out
 * @param avoidedFrom where that was said
 */
record Overrides(@Nullable String backend, String backendFrom, Set<String> avoided, String avoidedFrom) {

    static final Overrides NONE = new Overrides(null, "", Set.of(), "");

    Overrides {
        avoided = Set.copyOf(avoided);
    }

    /** Reads the system properties, and for those not set the environment. */
    static Overrides current() {
        return from(System.getProperties(), System.getenv());
    }

    static Overrides from(Map<?, ?> properties, Map<String, String> environment) {
        Setting backend = Setting.read("pollux.backend", "POLLUX_BACKEND", properties, environment);
        Setting avoid = Setting.read("pollux.backend.avoid", "POLLUX_BACKEND_AVOID", properties, environment);
        return new Overrides(backend.value.isEmpty() ? null : backend.value, backend.from, avoid.names(), avoid.from);
    }

    private record Setting(String value, String from) {

        static Setting read(String property, String variable, Map<?, ?> properties, Map<String, String> environment) {
            Object value = properties.get(property);
            return value instanceof String text
                    ? new Setting(text.strip(), "-D" + property)
                    : new Setting(environment.getOrDefault(variable, "").strip(), variable);
        }

        Set<String> names() {
            return value.isEmpty() ? Set.of() : namesIn(value);
        }

        private static Set<String> namesIn(String list) {
            Set<String> names = new LinkedHashSet<>(Arrays.asList(list.split("[,\\s]+")));
            names.remove("");
            return names;
        }
    }
}
