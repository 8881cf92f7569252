package dev.pollux.tck.source;

import dev.pollux.Capability;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.channels.SocketChannel;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Every kind of source that a backend can watch on this system. */
public final class SourceKinds {

    private SourceKinds() {}

    /**
     * Returns what makes them, by what they are.
     *
     * @param capabilities those of the backend
     * @param calls the means to make descriptors, if there are any
     */
    public static Map<String, SourceFactory> of(
            Set<Capability> capabilities, Optional<Descriptors> calls, TestSources sources) throws IOException {
        Map<String, SourceFactory> kinds = new LinkedHashMap<>();
        if (capabilities.contains(Capability.JAVA_CHANNELS)) {
            addChannels(kinds, sources);
        }
        if (calls.isPresent() && capabilities.contains(Capability.DESCRIPTORS)) {
            addDescriptors(kinds, sources, calls.get());
            if (capabilities.contains(Capability.REGULAR_FILES)) {
                kinds.put("a file's descriptor", () -> FileSource.open(calls.get()));
            }
        }
        return kinds;
    }

    private static void addChannels(Map<String, SourceFactory> kinds, TestSources sources) throws IOException {
        kinds.put("a pipe", () -> new PairedSource(sources.pipeChannels(), true, false));
        kinds.put("a TCP socket", () -> new PairedSource(sources.socketChannels(), true, true));
        kinds.put("a UDP socket", () -> new PairedSource(sources.datagramChannels(), false, false));
        if (hasUnixSockets()) {
            kinds.put("a Unix-domain socket", () -> new PairedSource(sources.unixChannels(), true, true));
        }
        kinds.put("a server socket", () -> new PairedSource(sources.listener(), false, false));
    }

    private static void addDescriptors(Map<String, SourceFactory> kinds, TestSources sources, Descriptors calls) {
        kinds.put("a pipe's descriptor", () -> new PairedSource(sources.descriptorReader(calls), true, false));
        kinds.put("a socket's descriptor", () -> new PairedSource(sources.descriptorConnection(calls), true, true));
    }

    static boolean hasUnixSockets() throws IOException {
        try {
            SocketChannel.open(StandardProtocolFamily.UNIX).close();
            return true;
        } catch (UnsupportedOperationException none) {
            return false;
        }
    }
}
