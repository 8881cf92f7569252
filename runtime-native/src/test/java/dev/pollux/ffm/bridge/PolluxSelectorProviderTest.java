package dev.pollux.ffm.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.management.JMX;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@EnabledOnOs(OS.LINUX)
@Timeout(60)
class PolluxSelectorProviderTest extends BridgeFixture {

    @ParameterizedTest
    @MethodSource("backends")
    void aSelectorServesTheJdksChannels(String backend) throws IOException {
        Selector selector = open(backend);
        assertEquals(backend, PolluxSelectorProvider.backend(selector));
        ServerSocketChannel listener = listen();
        listener.register(selector, SelectionKey.OP_ACCEPT);
        SocketChannel client = closedLater(SocketChannel.open(listener.getLocalAddress()));
        assertEquals(1, selector.select());
        assertEquals(SelectionKey.OP_ACCEPT, readyOps(selector));

        SocketChannel served = closedLater(listener.accept());
        selector.selectedKeys().clear();
        served.configureBlocking(false);
        SelectionKey key = served.register(selector, SelectionKey.OP_READ);
        assertEquals(0, selector.selectNow());
        client.write(ByteBuffer.allocate(3));
        assertEquals(1, selector.select());
        assertEquals(Set.of(key), selector.selectedKeys());

        key.interestOps(0);
        selector.selectedKeys().clear();
        assertEquals(0, selector.selectNow());
        key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
        assertEquals(1, selector.selectNow());
        assertEquals(SelectionKey.OP_READ | SelectionKey.OP_WRITE, key.readyOps());
    }

    // Moving.

    @ParameterizedTest
    @MethodSource("backends")
    void aSwapDoesNotEndTheSelectInProgress(String backend) throws Exception {
        Selector selector = open(backend);
        SocketChannel[] ends = connection();
        SelectionKey key = ends[0].register(selector, SelectionKey.OP_READ);
        Waiting waiting = waitIn(selector);
        for (String other : backends().toList()) {
            PolluxSelectorProvider.swap(selector, other);
            assertEquals(other, PolluxSelectorProvider.backend(selector));
            assertFalse(waiting.isDone());
        }
        assertEquals(backends().count(), info(selector).swaps());
        ends[1].write(ByteBuffer.allocate(1));
        assertEquals(1, waiting.count());
        assertEquals(Set.of(key), selector.selectedKeys());
    }

    @Test
    void aWakeupAtTheTimeOfASwapIsNotLost() throws Exception {
        Selector selector = open("epoll");
        for (int i = 0; i < 200; i++) {
            Waiting waiting = waitIn(selector);
            Thread swap = Thread.ofPlatform().start(() -> {
                try {
                    PolluxSelectorProvider.swap(selector, "poll");
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            selector.wakeup();
            assertEquals(0, waiting.count());
            swap.join();
        }
    }

    @Test
    void aSwapWithinAnActionIsDone() throws IOException {
        Selector selector = open("epoll");
        Pipe pipe = readablePipe();
        pipe.source().register(selector, SelectionKey.OP_READ);
        List<String> seen = new ArrayList<>();
        selector.select(key -> {
            try {
                PolluxSelectorProvider.swap(selector, "poll");
                seen.add(PolluxSelectorProvider.backend(selector));
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        assertEquals(List.of("poll"), seen);
        assertEquals(1, selector.selectNow());
    }

    @Test
    void aSwapThatFailsLeavesTheSelectorWhereItWas() throws IOException {
        Selector selector = open("epoll");
        Pipe pipe = readablePipe();
        pipe.source().register(selector, SelectionKey.OP_READ);
        assertThrows(IllegalArgumentException.class, () -> PolluxSelectorProvider.swap(selector, "epol"));
        assertThrows(IllegalArgumentException.class, () -> PolluxSelectorProvider.swap(selector, "nio"));
        assertThrows(IOException.class, () -> PolluxSelectorProvider.swap(selector, "kqueue"));
        assertEquals("epoll", PolluxSelectorProvider.backend(selector));
        assertEquals(1, selector.selectNow());
    }

    @Test
    void allSelectorsAreMovedAndThoseThatAreClosedLeftOut() throws IOException {
        Selector one = open("epoll");
        Selector two = open("select");
        Selector closed = open("epoll");
        closed.close();
        assertEquals(2, PolluxSelectorProvider.swapAll("poll"));
        assertEquals("poll", PolluxSelectorProvider.backend(one));
        assertEquals("poll", PolluxSelectorProvider.backend(two));
        assertThrows(ClosedSelectorException.class, () -> PolluxSelectorProvider.backend(closed));
        assertThrows(ClosedSelectorException.class, () -> PolluxSelectorProvider.swap(closed, "poll"));
    }

    @Test
    void aSelectorFromElsewhereIsNotMoved() throws IOException {
        Selector foreign = closedLater(SelectorProvider.provider().openSelector());
        assertTrue(assertThrows(IllegalArgumentException.class, () -> PolluxSelectorProvider.swap(foreign, "poll"))
                .getMessage()
                .contains("PolluxSelectorProvider"));
    }

    @Test
    void theBeanListsAndMovesSelectors() throws Exception {
        Selector selector = open("epoll");
        readablePipe().source().register(selector, SelectionKey.OP_READ);
        selector.selectNow();
        SelectorsMXBean bean = JMX.newMXBeanProxy(
                ManagementFactory.getPlatformMBeanServer(),
                new ObjectName(SelectorsMXBean.NAME),
                SelectorsMXBean.class);
        SelectorInfo info = bean.getSelectors().get(0);
        assertEquals(info(selector), info);
        assertEquals(1, info.keys());
        assertTrue(info.waits() > 0);
        bean.swap(info.id(), "poll");
        assertEquals("poll", PolluxSelectorProvider.backend(selector));
        assertEquals(1, bean.swapAll("epoll"));
        assertEquals("epoll", PolluxSelectorProvider.backend(selector));
        assertEquals(2, bean.getSelectors().get(0).swaps());
        assertThrows(IllegalArgumentException.class, () -> bean.swap(-1, "poll"));
    }

    // Closing.

    @ParameterizedTest
    @MethodSource("backends")
    void theClosedChannelOfAWaitingSelectorEndsForItsPeer(String backend) throws Exception {
        Selector selector = open(backend);
        Pipe pipe = Pipe.open();
        closedLater(pipe.source());
        pipe.sink().configureBlocking(false);
        SelectionKey key = pipe.sink().register(selector, 0);
        Waiting waiting = waitIn(selector);
        pipe.sink().close();
        // The JDK's selector keeps the descriptor until its next select, so this would wait for it.
        assertEquals(-1, pipe.source().read(ByteBuffer.allocate(1)));
        assertFalse(waiting.isDone());
        assertFalse(key.isValid());
        selector.wakeup();
        assertEquals(0, waiting.count());
        assertTrue(selector.keys().isEmpty());
    }

    @ParameterizedTest
    @MethodSource("backends")
    void thePortOfAClosedListenerIsFreeAtOnce(String backend) throws Exception {
        Selector selector = open(backend);
        for (int i = 0; i < 100; i++) {
            ServerSocketChannel listener = listen();
            SelectionKey key = listener.register(selector, SelectionKey.OP_ACCEPT);
            selector.selectNow();
            boolean waits = i % 2 == 0;
            Waiting waiting = waits ? waitIn(selector) : null;
            var address = listener.getLocalAddress();
            listener.close();
            try (ServerSocketChannel again = ServerSocketChannel.open()) {
                again.bind(address);
            }
            if (waits) {
                assertFalse(waiting.isDone());
                selector.wakeup();
                assertEquals(0, waiting.count());
            } else {
                assertEquals(Set.of(key), selector.keys(), "the sets of keys change with the next select");
                selector.selectNow();
            }
            assertTrue(selector.keys().isEmpty());
        }
    }

    @Test
    void aListenerIsClosedWithinAnAction() throws IOException {
        Selector selector = open("epoll");
        ServerSocketChannel listener = listen();
        listener.register(selector, SelectionKey.OP_ACCEPT);
        var address = listener.getLocalAddress();
        closedLater(SocketChannel.open(address));
        assertEquals(1, selector.select(key -> {
            try {
                listener.close();
                closedLater(ServerSocketChannel.open()).bind(address);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }));
        assertEquals(0, selector.selectNow());
        assertTrue(selector.keys().isEmpty());
    }

    // Virtual threads.

    @ParameterizedTest
    @MethodSource("backends")
    void aVirtualThreadSelects(String backend) throws Exception {
        Selector selector = open(backend);
        SocketChannel[] ends = connection();
        ends[0].register(selector, SelectionKey.OP_READ);
        Waiting waiting = waitIn(selector, Thread.ofVirtual());
        selector.wakeup();
        assertEquals(0, waiting.count());

        waiting = waitIn(selector, Thread.ofVirtual());
        waiting.thread().interrupt();
        assertEquals(0, waiting.count());

        waiting = waitIn(selector, Thread.ofVirtual());
        PolluxSelectorProvider.swap(selector, "poll");
        PolluxSelectorProvider.swap(selector, backend);
        ends[1].write(ByteBuffer.allocate(1));
        assertEquals(1, waiting.count());
    }

    @Test
    void virtualThreadsThatWaitOnEpollKeepNoCarrier() throws Exception {
        List<Waiting> waits = new ArrayList<>();
        for (int i = 0; i < 4 * Runtime.getRuntime().availableProcessors(); i++) {
            waits.add(waitIn(open("epoll"), Thread.ofVirtual()));
        }
        Thread other = Thread.ofVirtual().start(() -> {});
        other.join();
        for (Waiting waiting : waits) {
            assertFalse(waiting.isDone());
            waiting.selector().wakeup();
            assertEquals(0, waiting.count());
        }
    }

    // Bad input, and what select(2) cannot do.

    @Test
    void anUnknownBackendIsNamedWithTheKnownOnes() {
        String message = assertThrows(IllegalArgumentException.class, () -> new PolluxSelectorProvider("epol"))
                .getMessage();
        assertTrue(message.contains("epol") && message.contains("poll, "), message);
        assertThrows(IllegalArgumentException.class, () -> new PolluxSelectorProvider("nio"));
        assertThrows(NullPointerException.class, () -> new PolluxSelectorProvider(null));
    }

    @Test
    void aBackendThatIsUnavailableLeavesTheJdksSelectors() throws IOException {
        Selector selector = closedLater(new PolluxSelectorProvider("kqueue").openSelector());
        assertTrue(selector.getClass().getName().startsWith("sun.nio.ch."));
        assertThrows(IllegalArgumentException.class, () -> PolluxSelectorProvider.backend(selector));
    }

    @Test
    void aDescriptorThatSelectCannotWatchMovesTheSelector() throws IOException {
        Selector selector = open("select");
        Pipe low = readablePipe();
        low.source().register(selector, SelectionKey.OP_READ);
        assertEquals(1, selector.selectNow());
        assertEquals("select", PolluxSelectorProvider.backend(selector));
        for (int i = 0; i < 520; i++) {
            pipe();
        }
        Pipe high = readablePipe();
        high.source().register(selector, SelectionKey.OP_READ);
        selector.selectedKeys().clear();
        assertEquals(2, selector.selectNow());
        assertEquals("epoll", PolluxSelectorProvider.backend(selector));
    }

    @Test
    void channelsAreTheJdksAndLeadToSelectorsOfTheBridge() throws IOException {
        PolluxSelectorProvider provider = new PolluxSelectorProvider("poll");
        SocketChannel channel = closedLater(provider.openSocketChannel());
        assertEquals("sun.nio.ch.SocketChannelImpl", channel.getClass().getName());
        Selector selector = closedLater(channel.provider().openSelector());
        assertEquals("poll", PolluxSelectorProvider.backend(selector));
        assertNotNull(closedLater(provider.openDatagramChannel()));
        assertNotNull(closedLater(provider.openServerSocketChannel()));
        assertNull(provider.inheritedChannel());
    }

    private Pipe pipe() throws IOException {
        Pipe pipe = Pipe.open();
        closedLater(pipe.source());
        closedLater(pipe.sink());
        return pipe;
    }

    private Pipe readablePipe() throws IOException {
        Pipe pipe = pipe();
        pipe.source().configureBlocking(false);
        pipe.sink().write(ByteBuffer.allocate(1));
        return pipe;
    }
}
