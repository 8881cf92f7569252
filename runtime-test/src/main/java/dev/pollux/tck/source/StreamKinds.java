package dev.pollux.tck.source;

import dev.pollux.Capability;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Every kind of stream that goes both ways and that a backend can watch on this system. */
public final class StreamKinds {

    /** Makes a stream. */
    @FunctionalInterface
    public interface Maker {

        TestSource.Connection open() throws IOException;
    }

    private StreamKinds() {}

    /**
     * Returns what makes them, by what they are.
     *
     * @param capabilities those of the backend
     * @param calls the means to make descriptors, if there are any
     */
    public static Map<String, Maker> of(Set<Capability> capabilities, @Nullable Descriptors calls, TestSources sources)
            throws IOException {
        Map<String, Maker> kinds = new LinkedHashMap<>();
        if (capabilities.contains(Capability.JAVA_CHANNELS)) {
            kinds.put("a TCP socket", sources::socketChannels);
            if (SourceKinds.hasUnixSockets()) {
                kinds.put("a Unix-domain socket", sources::unixChannels);
            }
        }
        if (calls != null && capabilities.contains(Capability.DESCRIPTORS)) {
            kinds.put("a socket's descriptor", () -> sources.descriptorConnection(calls));
        }
        return kinds;
    }
}
