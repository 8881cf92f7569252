package dev.pollux.tck.rules;

import static dev.pollux.Events.NONE;
import static dev.pollux.Events.READ;
import static dev.pollux.Events.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Capability;
import dev.pollux.Fd;
import dev.pollux.HasFd;
import dev.pollux.NativeIOException;
import dev.pollux.Ready;
import dev.pollux.SelectorKey;
import dev.pollux.UnsupportedSourceException;
import dev.pollux.tck.source.Descriptors;
import dev.pollux.tck.source.TestSource;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

/** REG: what can be registered, and how the rest fails. */
public interface SourceRules extends RuleGroup {

    @Test
    @Rule("REG-4")
    default void aNegativeDescriptorIsRefused() {
        HasFd source = new HasFd() {
            @Override
            public int fd() {
                return -7;
            }

            @Override
            public String toString() {
                return "a closed thing";
            }
        };

        fixture()
                .assertRefused(
                        IllegalArgumentException.class,
                        () -> selector().register(source, READ, null),
                        "a closed thing",
                        "-7",
                        "register it while it is open");
        assertThrows(IllegalArgumentException.class, () -> Fd.of(-1));
    }

    @Test
    @Rule("REG-4")
    @SuppressWarnings("NullAway") // what is tested
    default void nullIsRefused() {
        fixture().assertRefused(NullPointerException.class, () -> selector().register(null, READ, null), "fileobj");
    }

    @Test
    @Rule("REG-4")
    default void anObjectWithoutADescriptorIsRefused() {
        UnsupportedSourceException refusal = fixture()
                .assertRefused(
                        UnsupportedSourceException.class,
                        () -> selector().register("no source", READ, null),
                        "no source",
                        "java.lang.String",
                        "HasFd");

        assertEquals(Capability.DESCRIPTORS, refusal.missing());
    }

    @Test
    @Rule("REG-4")
    default void aClosedChannelIsRefused() throws IOException {
        TestSource.Connection source = sources().socketChannels();
        source.closeSource();

        fixture()
                .assertRefused(
                        ClosedChannelException.class,
                        () -> selector().register(source.fileobj(), READ, null),
                        source.fileobj(),
                        "register it while it is open");
    }

    @Test
    @Rule({"REG-4", "REG-7"})
    default void channelsAreWatchedOrRefused() throws IOException {
        fixture().needsChannels();
        TestSource source = sources().socketChannels();
        selector().register(source.fileobj(), READ, null);

        source.makeReadable();

        assertEquals(READ, fixture().awaitReady(source, READ));
    }

    @Test
    @Rule({"REG-4", "REG-6"})
    default void descriptorsAreWatchedOrRefused() throws IOException {
        Descriptors system = fixture().descriptors();
        Descriptors.Pair pipe = system.pipe();
        try {
            SelectorKey key = selector().register(Fd.of(pipe.first()), READ, null);

            system.write(pipe.second(), new byte[1]);

            assertEquals(
                    List.of(new Ready(key, READ)), selector().select(fixture().soon()));
            selector().unregister(Fd.of(pipe.first()));
        } finally {
            system.close(pipe.first());
            system.close(pipe.second());
        }
    }

    @Test
    @Rule({"REG-6", "REG-8"})
    default void aClosedDescriptorIsRefused() throws IOException {
        TestSource source = sources().descriptorReader(fixture().descriptors());
        int number = ((HasFd) source.fileobj()).fd();
        source.close();

        for (int events : new int[] {READ, WRITE, NONE}) {
            assertBadDescriptor(number, events);
        }
    }

    @Test
    @Rule({"REG-6", "REG-8"})
    default void aDescriptorThatNeverWasIsRefused() {
        fixture().descriptors();

        for (int number : new int[] {999, 1 << 20, 1 << 30, Integer.MAX_VALUE}) {
            assertBadDescriptor(number, READ);
        }
    }

    private void assertBadDescriptor(int number, int events) {
        IOException refusal = fixture()
                .assertRefused(
                        IOException.class, () -> selector().register(Fd.of(number), events, null), "fd " + number);

        // A backend with a limit of its own may find the number too large before it finds it closed.
        if (refusal instanceof NativeIOException refusedByKernel && number < 1000) {
            assertEquals("EBADF", refusedByKernel.errnoName());
            assertEquals(number, refusedByKernel.fd());
        }
    }

    @Test
    @Rule("REG-7")
    default void aBlockingChannelIsRefused() throws IOException {
        fixture().needsChannels();
        TestSource.Connection source = sources().socketChannels();
        ((SocketChannel) source.fileobj()).configureBlocking(true);

        fixture()
                .assertRefused(
                        IllegalBlockingModeException.class,
                        () -> selector().register(source.fileobj(), READ, null),
                        source.fileobj(),
                        "configureBlocking(false)");
    }

    @Test
    @Rule("REG-7")
    default void eventsThatDoNotFitTheChannelAreRefused() throws IOException {
        fixture().needsChannels();
        Pipe pipe = Pipe.open();
        Pipe.SourceChannel source = sources().added(pipe.source());
        Pipe.SinkChannel sink = sources().added(pipe.sink());
        source.configureBlocking(false);
        sink.configureBlocking(false);
        Object server = sources().listener().fileobj();

        assertUnfit(source, READ | WRITE, "WRITE", "READ");
        assertUnfit(sink, READ, "READ", "WRITE");
        assertUnfit(server, WRITE, "WRITE", "READ");
    }

    private void assertUnfit(Object channel, int events, String unfit, String possible) {
        fixture()
                .assertRefused(
                        IllegalArgumentException.class,
                        () -> selector().register(channel, events, null),
                        channel,
                        unfit + " does not fit",
                        "can be watched for " + possible);
    }

    @Test
    @Rule("REG-7")
    default void readOnAServerMeansAConnectionToAccept() throws IOException {
        fixture().needsChannels();
        TestSource server = sources().listener();
        selector().register(server.fileobj(), READ, null);
        fixture().assertQuiet();

        server.makeReadable();

        assertEquals(READ, fixture().awaitReady(server, READ));
        assertEquals(1, server.drain());
        fixture().assertQuiet();
    }

    @Test
    @Rule("REG-7")
    default void writeOnAConnectingChannelMeansConnected() throws IOException {
        fixture().needsChannels();
        ServerSocketChannel server = (ServerSocketChannel) sources().listener().fileobj();
        SocketChannel channel = sources().added(SocketChannel.open());
        channel.configureBlocking(false);
        channel.connect(server.getLocalAddress());

        SelectorKey key = selector().register(channel, WRITE, null);

        assertEquals(List.of(new Ready(key, WRITE)), selector().select(fixture().soon()));
        assertTrue(channel.finishConnect());
        assertEquals(List.of(new Ready(key, WRITE)), selector().select(fixture().soon()));
    }

    @Test
    @Rule({"REG-7", "SEL-3"})
    default void aRefusedConnectIsReportedToo() throws IOException {
        fixture().needsChannels();
        SocketAddress nobody;
        try (ServerSocketChannel server =
                ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            nobody = server.getLocalAddress();
        }
        SocketChannel channel = sources().added(SocketChannel.open());
        channel.configureBlocking(false);
        SelectorKey key;
        try {
            channel.connect(nobody);
            key = selector().register(channel, WRITE, null);
        } catch (ConnectException atOnce) {
            throw new TestAbortedException("this system refuses before it is asked to wait");
        }

        List<Ready> reported = selector().select(fixture().soon());

        assertEquals(1, reported.size(), reported::toString);
        assertEquals(key, reported.get(0).key());
        assertTrue(reported.get(0).isWritable(), reported::toString);
        assertThrows(ConnectException.class, channel::finishConnect);
    }

    @Test
    @Rule("REG-9")
    default void filesAreReadyAtOnceOrRefused() throws IOException {
        Descriptors system = fixture().descriptors();
        Path file = Files.createTempFile("pollux", null);
        try {
            for (Path path : List.of(file, file.toAbsolutePath().getRoot(), Path.of("/dev/null"))) {
                int number = system.open(path);
                try {
                    assertReadyAtOnceOrRefused(Fd.of(number));
                } finally {
                    system.close(number);
                }
            }
        } finally {
            Files.delete(file);
        }
        if (!fixture().subject.has(Capability.REGULAR_FILES)) {
            throw new ProvenRefusal();
        }
    }

    private void assertReadyAtOnceOrRefused(Fd file) throws IOException {
        if (fixture().subject.has(Capability.REGULAR_FILES)) {
            SelectorKey key = selector().register(file, READ, null);
            assertEquals(List.of(new Ready(key, READ)), selector().selectNow());
            selector().unregister(file);
        } else {
            for (int events : new int[] {READ, NONE}) {
                IOException refusal = fixture()
                        .assertRefused(
                                IOException.class, () -> selector().register(file, events, null), "fd " + file.fd());
                assertInstanceOf(NativeIOException.class, refusal);
            }
        }
    }

    @Test
    @Rule({"REG-4", "REG-9"})
    default void aFileChannelIsRefused() throws IOException {
        Path file = Files.createTempFile("pollux", null);
        try (FileChannel channel = FileChannel.open(file)) {
            fixture()
                    .assertRefused(
                            UnsupportedSourceException.class,
                            () -> selector().register(channel, READ, null),
                            channel.getClass().getName(),
                            "SelectableChannel");
        } finally {
            Files.delete(file);
        }
    }

    @Test
    @Rule("REG-10")
    default void aHighDescriptorIsWatchedOrRefused() throws IOException {
        Descriptors system = fixture().descriptors();
        TestSource.Connection source = sources().descriptorReader(system);
        int high = 1500;
        try {
            system.dup2(((HasFd) source.fileobj()).fd(), high);
        } catch (IOException e) {
            throw new TestAbortedException("this process may not open descriptor " + high, e);
        }
        try {
            source.makeReadable();
            boolean watched = watchesHighDescriptor(Fd.of(high));

            SelectorKey other = selector().register(source.fileobj(), READ, "still usable");
            assertEquals(
                    List.of(new Ready(other, READ)), selector().select(fixture().soon()));
            if (!watched) {
                throw new ProvenRefusal();
            }
        } finally {
            system.close(high);
        }
    }

    private boolean watchesHighDescriptor(Fd high) throws IOException {
        SelectorKey key;
        try {
            key = selector().register(high, READ, "high");
        } catch (IOException refusal) {
            assertTrue(String.valueOf(refusal.getMessage()).contains("fd " + high.fd()), refusal::getMessage);
            assertEquals(Map.of(), selector().keys());
            return false;
        }
        assertNotNull(key);
        assertEquals(List.of(new Ready(key, READ)), selector().select(fixture().soon()));
        selector().unregister(high);
        return true;
    }

    @Test
    @Rule("REG-11")
    default void whatASourceThrowsPassesUnchanged() {
        RuntimeException failure = new UncheckedFailure();
        HasFd source = () -> {
            throw failure;
        };

        assertSame(
                failure,
                fixture().assertRefused(UncheckedFailure.class, () -> selector().register(source, READ, null)));
    }

    /** An exception of the user's. */
    final class UncheckedFailure extends RuntimeException {

        private static final long serialVersionUID = 1L;

        UncheckedFailure() {}
    }
}
