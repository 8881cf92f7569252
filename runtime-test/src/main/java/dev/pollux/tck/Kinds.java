package dev.pollux.tck;

import dev.pollux.Capability;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.channels.SocketChannel;
import java.util.LinkedHashMap;
import java.util.Map;

/** Every kind of source that a subject can watch on this system. */
final class Kinds {

    private Kinds() {}

    /** Returns what makes them, by what they are. */
    static Map<String, SourceFactory> of(Subject subject, Links links) throws IOException {
        Map<String, SourceFactory> kinds = new LinkedHashMap<>();
        if (subject.has(Capability.JAVA_CHANNELS)) {
            addChannels(kinds, links);
        }
        if (subject.has(Capability.DESCRIPTORS)) {
            subject.descriptors().ifPresent(calls -> addDescriptors(kinds, subject, links, calls));
        }
        kinds.putAll(subject.sources());
        return kinds;
    }

    private static void addChannels(Map<String, SourceFactory> kinds, Links links) throws IOException {
        kinds.put("a pipe", () -> new LinkSource(links.pipeChannels(), true, false));
        kinds.put("a TCP socket", () -> new LinkSource(links.socketChannels(), true, true));
        kinds.put("a UDP socket", () -> new LinkSource(links.datagramChannels(), false, false));
        if (hasUnixSockets()) {
            kinds.put("a Unix-domain socket", () -> new LinkSource(links.unixChannels(), true, true));
        }
        kinds.put("a server socket", () -> new LinkSource(links.listener(), false, false));
    }

    private static void addDescriptors(
            Map<String, SourceFactory> kinds, Subject subject, Links links, Descriptors calls) {
        kinds.put("a pipe's descriptor", () -> new LinkSource(links.descriptorReader(calls), true, false));
        kinds.put("a socket's descriptor", () -> new LinkSource(links.descriptorConnection(calls), true, true));
        if (subject.has(Capability.REGULAR_FILES)) {
            kinds.put("a file's descriptor", () -> FileSource.open(calls));
        }
    }

    private static boolean hasUnixSockets() throws IOException {
        try {
            SocketChannel.open(StandardProtocolFamily.UNIX).close();
            return true;
        } catch (UnsupportedOperationException none) {
            return false;
        }
    }
}
