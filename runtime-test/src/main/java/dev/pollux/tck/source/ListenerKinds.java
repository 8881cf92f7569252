package dev.pollux.tck.source;

import dev.pollux.Capability;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Every kind of listener that a backend can watch on this system. */
public final class ListenerKinds {

    /** A listener and what connects to it. */
    public interface Listening {

        /** What operations are done to. */
        Object operand();

        /** Returns the client's end of a new connection, which the sources close in the end. */
        Endpoint connect() throws IOException;
    }

    /** Makes a listener. */
    @FunctionalInterface
    public interface Maker {

        Listening open() throws IOException;
    }

    private ListenerKinds() {}

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
            kinds.put("a server socket", () -> channel(sources));
        }
        if (calls != null && capabilities.contains(Capability.DESCRIPTORS)) {
            if (canListen(calls)) {
                kinds.put("a listening descriptor", () -> descriptor(sources, calls, calls.listen()));
            }
        }
        return kinds;
    }

    private static boolean canListen(Descriptors calls) throws IOException {
        try {
            calls.close(calls.listen());
            return true;
        } catch (UnsupportedOperationException none) {
            return false;
        }
    }

    private static Listening channel(TestSources sources) throws IOException {
        ServerSocketChannel server = sources.added(ServerSocketChannel.open());
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        server.configureBlocking(false);
        return new Listening() {
            @Override
            public Object operand() {
                return server;
            }

            @Override
            public Endpoint connect() throws IOException {
                SocketChannel client = sources.added(SocketChannel.open(server.getLocalAddress()));
                client.configureBlocking(false);
                return Endpoint.of(client);
            }
        };
    }

    private static Listening descriptor(TestSources sources, Descriptors calls, int fd) {
        DescriptorListener listener = sources.added(new DescriptorListener(calls, fd));
        return new Listening() {
            @Override
            public Object operand() {
                return listener;
            }

            @Override
            public Endpoint connect() throws IOException {
                return sources.added(listener.connect());
            }
        };
    }
}
