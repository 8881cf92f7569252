package dev.pollux.tck.source;

import static java.nio.file.StandardOpenOption.DELETE_ON_CLOSE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.FileChannel;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Makes sources of one sort, descriptors or Java channels, and closes them in the end.
 *
 * <p><b>Thread:</b> one at a time.
 */
public final class TestSources implements AutoCloseable {

    private final @Nullable Descriptors descriptors;
    private final List<AutoCloseable> open = new ArrayList<>();
    private @Nullable ServerSocketChannel hub;

    private TestSources(@Nullable Descriptors descriptors) {
        this.descriptors = descriptors;
    }

    /** Returns what makes descriptors with {@code descriptors}. */
    public static TestSources ofDescriptors(Descriptors descriptors) {
        return new TestSources(Objects.requireNonNull(descriptors, "descriptors"));
    }

    /** Returns what makes Java channels. */
    public static TestSources ofChannels() {
        return new TestSources(null);
    }

    /** Returns whether the sources are Java channels. */
    public boolean areChannels() {
        return descriptors == null;
    }

    /** Makes a source that sends and receives. */
    public TestSource duplex() throws IOException {
        return connection();
    }

    /** Makes a source that only receives. */
    public TestSource reader() throws IOException {
        return pipeReader();
    }

    /** Makes a source that only sends. */
    public TestSource writer() throws IOException {
        return pipeWriter();
    }

    /** Makes a source that accepts connections; always a Java channel. */
    public TestSource listener() throws IOException {
        ServerSocketChannel server = listen();
        server.configureBlocking(false);
        return added(new TestSource.Listener(server));
    }

    public TestSource.Connection connection() throws IOException {
        return descriptors == null ? socketChannels() : descriptorPair(TestSource.Kind.DUPLEX, descriptors);
    }

    public TestSource.Connection pipeReader() throws IOException {
        if (descriptors != null) {
            return descriptorPair(TestSource.Kind.READER, descriptors);
        }
        return pipeChannels();
    }

    /** Makes a pipe of Java channels with the end to read from as source. */
    public TestSource.Connection pipeChannels() throws IOException {
        Pipe pipe = nonBlocking(Pipe.open());
        return added(new TestSource.Connection(
                TestSource.Kind.READER, Endpoint.of(pipe.source()), Endpoint.of(pipe.sink())));
    }

    public TestSource.Connection pipeWriter() throws IOException {
        if (descriptors != null) {
            return descriptorPair(TestSource.Kind.WRITER, descriptors);
        }
        Pipe pipe = nonBlocking(Pipe.open());
        return added(new TestSource.Connection(
                TestSource.Kind.WRITER, Endpoint.of(pipe.sink()), Endpoint.of(pipe.source())));
    }

    /** Makes a pipe of descriptors, whatever the other sources are, with the end to read from as source. */
    public TestSource.Connection descriptorReader(Descriptors calls) throws IOException {
        return descriptorPair(TestSource.Kind.READER, calls);
    }

    /** Makes two connected descriptors, whatever the other sources are. */
    public TestSource.Connection descriptorConnection(Descriptors calls) throws IOException {
        return descriptorPair(TestSource.Kind.DUPLEX, calls);
    }

    private TestSource.Connection descriptorPair(TestSource.Kind kind, Descriptors calls) throws IOException {
        boolean sockets = kind == TestSource.Kind.DUPLEX;
        Descriptors.Pair pair = sockets ? calls.socketPair() : calls.pipe();
        Endpoint first = new DescriptorEndpoint(
                calls, pair.first(), sockets ? DescriptorStream::socket : DescriptorStream::pipeSource);
        Endpoint second = new DescriptorEndpoint(
                calls, pair.second(), sockets ? DescriptorStream::socket : DescriptorStream::pipeSink);
        return added(
                kind == TestSource.Kind.WRITER
                        ? new TestSource.Connection(kind, second, first)
                        : new TestSource.Connection(kind, first, second));
    }

    /** Makes two connected TCP sockets over the loopback interface. */
    public TestSource.Connection socketChannels() throws IOException {
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
        return added(new TestSource.Connection(TestSource.Kind.DUPLEX, Endpoint.of(end), Endpoint.of(peer)));
    }

    /** Makes two UDP sockets connected to each other over the loopback interface. */
    public TestSource.Connection datagramChannels() throws IOException {
        DatagramChannel end = datagramChannel();
        DatagramChannel peer = datagramChannel();
        end.connect(peer.getLocalAddress());
        peer.connect(end.getLocalAddress());
        return added(new TestSource.Connection(TestSource.Kind.DUPLEX, Endpoint.of(end), Endpoint.of(peer)));
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
    public TestSource.Connection unixChannels() throws IOException {
        Path directory = Files.createTempDirectory("pollux");
        Path name = directory.resolve("socket");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(name));
            SocketChannel peer = added(SocketChannel.open(server.getLocalAddress()));
            SocketChannel end = added(server.accept());
            peer.configureBlocking(false);
            end.configureBlocking(false);
            return added(new TestSource.Connection(TestSource.Kind.DUPLEX, Endpoint.of(end), Endpoint.of(peer)));
        } finally {
            Files.deleteIfExists(name);
            Files.delete(directory);
        }
    }

    /**
     * Makes what operations on an empty file are done to, of each kind that there is.
     *
     * @param calls the means to make descriptors, if there are any
     */
    public Map<String, Object> files(@Nullable Descriptors calls) throws IOException {
        Map<String, Object> files = new LinkedHashMap<>();
        Path file = Files.createTempFile("pollux", null);
        try {
            Path other = Files.createTempFile("pollux", null);
            files.put("a file channel", added(FileChannel.open(other, READ, WRITE, DELETE_ON_CLOSE)));
            if (calls != null) {
                files.put("a file's descriptor", added(new DescriptorFile(calls, calls.openForUpdate(file))));
            }
        } catch (UnsupportedOperationException none) {
            return files;
        } finally {
            Files.delete(file);
        }
        return files;
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
    public <T extends AutoCloseable> T added(T resource) {
        open.add(resource);
        return resource;
    }

    /** Closes {@code link} now. */
    public void discard(TestSource link) throws IOException {
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
