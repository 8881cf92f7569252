package dev.pollux.tck;

import dev.pollux.Capability;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes sources of the sort that a subject watches, descriptors if it has the means to make them and Java channels
 * otherwise, and closes them in the end.
 *
 * <p><b>Thread:</b> one at a time.
 */
public final class Links implements AutoCloseable {

    private final @Nullable Descriptors descriptors;
    private final List<AutoCloseable> open = new ArrayList<>();
    private @Nullable ServerSocketChannel hub;

    private Links(@Nullable Descriptors descriptors) {
        this.descriptors = descriptors;
    }

    /**
     * Returns what makes sources for {@code subject}.
     *
     * @throws IllegalArgumentException if it watches descriptors only and has no means to make them
     */
    public static Links of(Subject subject) {
        Descriptors descriptors = subject.has(Capability.DESCRIPTORS) && !subject.isOnChannels()
                ? subject.descriptors().orElse(null)
                : null;
        if (descriptors == null && !subject.has(Capability.JAVA_CHANNELS)) {
            throw new IllegalArgumentException(
                    subject + " watches no Java channels; give it Subject.withDescriptors(...)");
        }
        return new Links(descriptors);
    }

    /** Returns whether the sources are Java channels. */
    public boolean areChannels() {
        return descriptors == null;
    }

    /** Makes a source that sends and receives. */
    public Link duplex() throws IOException {
        return connection();
    }

    /** Makes a source that only receives. */
    public Link reader() throws IOException {
        return pipeReader();
    }

    /** Makes a source that only sends. */
    public Link writer() throws IOException {
        return pipeWriter();
    }

    /** Makes a source that accepts connections; always a Java channel. */
    public Link listener() throws IOException {
        ServerSocketChannel server = listen();
        server.configureBlocking(false);
        return added(new Link.Listener(server));
    }

    Link.Connection connection() throws IOException {
        return descriptors == null ? socketChannels() : descriptorPair(Link.Kind.DUPLEX, descriptors);
    }

    Link.Connection pipeReader() throws IOException {
        if (descriptors != null) {
            return descriptorPair(Link.Kind.READER, descriptors);
        }
        return pipeChannels();
    }

    /** Makes a pipe of Java channels with the end to read from as source. */
    Link.Connection pipeChannels() throws IOException {
        Pipe pipe = nonBlocking(Pipe.open());
        return added(new Link.Connection(Link.Kind.READER, End.of(pipe.source()), End.of(pipe.sink())));
    }

    Link.Connection pipeWriter() throws IOException {
        if (descriptors != null) {
            return descriptorPair(Link.Kind.WRITER, descriptors);
        }
        Pipe pipe = nonBlocking(Pipe.open());
        return added(new Link.Connection(Link.Kind.WRITER, End.of(pipe.sink()), End.of(pipe.source())));
    }

    /** Makes a pipe of descriptors, whatever the other sources are, with the end to read from as source. */
    Link.Connection descriptorReader(Descriptors calls) throws IOException {
        return descriptorPair(Link.Kind.READER, calls);
    }

    /** Makes two connected descriptors, whatever the other sources are. */
    Link.Connection descriptorConnection(Descriptors calls) throws IOException {
        return descriptorPair(Link.Kind.DUPLEX, calls);
    }

    private Link.Connection descriptorPair(Link.Kind kind, Descriptors calls) throws IOException {
        Descriptors.Pair pair = kind == Link.Kind.DUPLEX ? calls.socketPair() : calls.pipe();
        End first = new DescriptorEnd(calls, pair.first());
        End second = new DescriptorEnd(calls, pair.second());
        return added(
                kind == Link.Kind.WRITER
                        ? new Link.Connection(kind, second, first)
                        : new Link.Connection(kind, first, second));
    }

    /** Makes two connected TCP sockets over the loopback interface. */
    Link.Connection socketChannels() throws IOException {
        if (hub == null) {
            hub = listen();
            open.add(hub);
        }
        SocketChannel peer = SocketChannel.open(hub.getLocalAddress());
        SocketChannel end = hub.accept();
        for (SocketChannel channel : List.of(end, peer)) {
            channel.configureBlocking(false);
            // Otherwise a second byte waits for the first one's acknowledgement, and a test for both.
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        }
        return added(new Link.Connection(Link.Kind.DUPLEX, End.of(end), End.of(peer)));
    }

    /** Makes two UDP sockets connected to each other over the loopback interface. */
    Link.Connection datagramChannels() throws IOException {
        DatagramChannel end = datagramChannel();
        DatagramChannel peer = datagramChannel();
        end.connect(peer.getLocalAddress());
        peer.connect(end.getLocalAddress());
        return added(new Link.Connection(Link.Kind.DUPLEX, End.of(end), End.of(peer)));
    }

    private DatagramChannel datagramChannel() throws IOException {
        // Closed twice in the end, which does no harm, and once if the other one fails.
        DatagramChannel channel = added(DatagramChannel.open(StandardProtocolFamily.INET));
        channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        channel.configureBlocking(false);
        return channel;
    }

    /**
     * Makes two Unix-domain sockets connected to each other.
     *
     * @throws UnsupportedOperationException if this system has none
     */
    Link.Connection unixChannels() throws IOException {
        Path directory = Files.createTempDirectory("pollux");
        Path name = directory.resolve("socket");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(name));
            SocketChannel peer = added(SocketChannel.open(server.getLocalAddress()));
            SocketChannel end = added(server.accept());
            peer.configureBlocking(false);
            end.configureBlocking(false);
            return added(new Link.Connection(Link.Kind.DUPLEX, End.of(end), End.of(peer)));
        } finally {
            Files.deleteIfExists(name);
            Files.delete(directory);
        }
    }

    private static ServerSocketChannel listen() throws IOException {
        return ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    private static Pipe nonBlocking(Pipe pipe) throws IOException {
        pipe.source().configureBlocking(false);
        pipe.sink().configureBlocking(false);
        return pipe;
    }

    /** Also closes {@code resource} in the end. */
    <T extends AutoCloseable> T added(T resource) {
        open.add(resource);
        return resource;
    }

    /** Closes {@code link} now. */
    public void discard(Link link) throws IOException {
        open.remove(link);
        link.close();
    }

    /** Closes everything that was made here. */
    @Override
    public void close() {
        IOException failed = new IOException("closing the sources");
        for (AutoCloseable resource : open) {
            try {
                resource.close();
            } catch (Exception e) {
                failed.addSuppressed(e);
            }
        }
        open.clear();
        if (failed.getSuppressed().length > 0) {
            throw new UncheckedIOException(failed);
        }
    }
}
