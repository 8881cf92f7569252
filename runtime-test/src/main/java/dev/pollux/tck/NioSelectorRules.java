package dev.pollux.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.tck.probe.OpenDescriptors;
import dev.pollux.tck.report.LeakCheck;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What a program relies on when it uses the selectors of a {@link SelectorProvider}, one test for each. Extend it with the provider;
 * {@link NioSelectorProperties} plays random histories beside it.
 *
 * <p><b>Thread:</b> the tests must run one at a time.
 */
@Timeout(60)
public abstract class NioSelectorRules {

    private static final int OPENS = 10_000;
    private static final int OPEN_AT_ONCE = 100;
    /** More than ever wait: a connection that finds no place tries again after a second. */
    private static final int BACKLOG = 2 * OPEN_AT_ONCE;

    private static final long PATIENCE_SECONDS = 30;

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    private SelectorProvider provider = SelectorProvider.provider();

    /** For subclasses. */
    protected NioSelectorRules() {}

    /** Returns what is tested; called once for each test. */
    protected abstract SelectorProvider provider();

    @BeforeEach
    void takeProvider() {
        provider = provider();
    }

    @AfterEach
    void closeAll() throws Exception {
        Thread.interrupted();
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
    }

    private <T extends AutoCloseable> T closedLater(T resource) {
        opened.push(resource);
        return resource;
    }

    private Selector open() throws IOException {
        return closedLater(provider.openSelector());
    }

    /** Returns a pipe whose source is in non-blocking mode. */
    private Pipe pipe() throws IOException {
        Pipe pipe = provider.openPipe();
        closedLater(pipe.source()).configureBlocking(false);
        closedLater(pipe.sink());
        return pipe;
    }

    private ServerSocketChannel listen(SocketAddress address) throws IOException {
        ServerSocketChannel server =
                closedLater(provider.openServerSocketChannel()).bind(address, BACKLOG);
        server.configureBlocking(false);
        return server;
    }

    private static SocketAddress anyPort() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    private static void send(Pipe pipe) throws IOException {
        pipe.sink().write(ByteBuffer.allocate(1));
    }

    /** Begins a select in another thread. */
    private static Future<Integer> selectElsewhere(Selector selector) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return selector.select();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            } catch (ClosedSelectorException closedBefore) {
                return 0;
            }
        });
    }

    private static <T> T get(Future<T> answer) throws InterruptedException, ExecutionException, TimeoutException {
        return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** It is sticky: also the select that begins after it. */
    @Test
    public void aWakeupEndsTheNextSelect() throws IOException {
        Selector selector = open();

        assertEquals(0, selector.wakeup().wakeup().select());
        assertEquals(0, selector.wakeup().select(key -> {}));
        assertTrue(selector.keys().isEmpty(), "what wakes it is no key");
        assertTrue(selector.selectedKeys().isEmpty(), "what wakes it is no key");
    }

    @Test
    public void aWakeupEndsASelectInProgress() throws Exception {
        Selector selector = open();
        for (int i = 0; i < 1000; i++) {
            Future<Integer> select = selectElsewhere(selector);
            selector.wakeup();
            assertEquals(0, get(select));
        }
    }

    @Test
    public void anInterruptEndsASelectAndStaysSet() throws Exception {
        Selector selector = open();
        Thread.currentThread().interrupt();
        assertEquals(0, selector.select());
        assertTrue(Thread.interrupted(), "before");

        FutureTask<Boolean> select = new FutureTask<>(() -> {
            selector.select();
            return Thread.currentThread().isInterrupted();
        });
        Thread thread = new Thread(select, "interrupted");
        thread.start();
        thread.interrupt();

        assertTrue(get(select), "during");
        assertTrue(selector.isOpen(), "an interrupt closes no selector");
        thread.join();
    }

    @Test
    public void aCloseEndsASelectInProgress() throws Exception {
        for (int i = 0; i < 100; i++) {
            Selector selector = open();
            Pipe pipe = pipe();
            SelectionKey key = pipe.source().register(selector, SelectionKey.OP_READ);
            Future<Integer> select = selectElsewhere(selector);
            selector.close();

            assertEquals(0, get(select));
            assertFalse(key.isValid());
            assertFalse(pipe.source().isRegistered());
            assertThrows(ClosedSelectorException.class, selector::selectNow);
            assertThrows(ClosedSelectorException.class, selector::keys);
            assertThrows(ClosedSelectorException.class, () -> pipe.source().register(selector, SelectionKey.OP_READ));
            pipe.source().close();
            pipe.sink().close();
        }
    }

    /** A cancelled key stands in the way until a select. */
    @Test
    public void aChannelIsRegisteredAgainOnceASelectHasRemovedItsKey() throws IOException {
        Selector selector = open();
        Pipe pipe = pipe();
        send(pipe);
        SelectionKey key = pipe.source().register(selector, SelectionKey.OP_READ);
        assertEquals(1, selector.select());
        key.cancel();

        assertThrows(CancelledKeyException.class, () -> pipe.source().register(selector, SelectionKey.OP_READ));
        assertThrows(CancelledKeyException.class, key::readyOps);
        assertTrue(selector.selectedKeys().contains(key), "until the next select");
        assertEquals(0, selector.selectNow());
        assertTrue(selector.keys().isEmpty());
        assertTrue(selector.selectedKeys().isEmpty());
        assertNull(pipe.source().keyFor(selector));

        assertNotSame(key, pipe.source().register(selector, SelectionKey.OP_READ));
        assertEquals(1, selector.select());
    }

    @Test
    public void aSelectInsideAnActionFails() throws IOException {
        Selector selector = open();
        Pipe pipe = pipe();
        send(pipe);
        pipe.source().register(selector, SelectionKey.OP_READ);

        assertEquals(
                1,
                selector.select(key -> assertThrows(IllegalStateException.class, () -> selector.select(ready -> {}))));
        assertEquals(1, selector.select(key -> assertThrows(IllegalStateException.class, selector::selectNow)));
        assertTrue(selector.selectedKeys().isEmpty(), "an action instead of the set");
    }

    @Test
    public void anActionMayCloseTheSelector() throws IOException {
        Selector selector = open();
        Pipe pipe = pipe();
        send(pipe);
        pipe.source().register(selector, SelectionKey.OP_READ);

        assertThrows(
                ClosedSelectorException.class,
                () -> selector.select(key -> {
                    try {
                        selector.close();
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                }));
    }

    /** 0 is no limit, and less than that a mistake. */
    @Test
    public void aTimeoutOfZeroWaitsUntilThereIsSomething() throws Exception {
        Selector selector = open();
        Pipe pipe = pipe();
        pipe.source().register(selector, SelectionKey.OP_READ);
        Future<Integer> select = CompletableFuture.supplyAsync(() -> {
            try {
                return selector.select(0);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        send(pipe);

        assertEquals(1, get(select));
        assertThrows(IllegalArgumentException.class, () -> selector.select(-1));
        assertThrows(NullPointerException.class, () -> selector.selectNow(null));
    }

    /** A registered channel that is closed keeps its descriptor until its key is removed. */
    @Test
    public void thePeerOfAClosedPipeSeesItsEndAfterASelect() throws IOException {
        Selector selector = open();
        Pipe pipe = pipe();
        pipe.source().register(selector, SelectionKey.OP_READ);
        pipe.source().close();
        send(pipe);

        selector.selectNow();

        assertThrows(IOException.class, () -> send(pipe));
    }

    @Test
    public void aChannelOfTwoSelectorsIsClosedByTheSecondOneToRemoveItsKey() throws IOException {
        Selector one = open();
        Selector other = open();
        Pipe pipe = pipe();
        pipe.source().register(one, SelectionKey.OP_READ);
        pipe.source().register(other, SelectionKey.OP_READ);
        pipe.source().close();

        one.selectNow();
        send(pipe);
        other.selectNow();

        assertThrows(IOException.class, () -> send(pipe));
    }

    @Test
    public void aPortIsFreeOnceASelectHasRemovedTheKeyOfItsServer() throws IOException {
        Selector selector = open();
        for (int i = 0; i < OPEN_AT_ONCE; i++) {
            ServerSocketChannel server = listen(anyPort());
            SocketAddress address = server.getLocalAddress();
            server.register(selector, SelectionKey.OP_ACCEPT);
            server.close();
            selector.selectNow();
            listen(address).close();
        }
    }

    @Test
    public void opensAndClosesLeaveNoDescriptorOpen() throws IOException {
        Selector selector = open();
        ServerSocketChannel server = listen(anyPort());
        server.register(selector, SelectionKey.OP_ACCEPT);
        LeakCheck.warmUp();
        var before = OpenDescriptors.now();
        for (int i = 0; i < OPENS / OPEN_AT_ONCE; i++) {
            openAndClose(selector, server);
        }
        selector.selectNow();

        assertEquals(before, OpenDescriptors.now());
        assertEquals(1, selector.keys().size());
    }

    private void openAndClose(Selector selector, ServerSocketChannel server) throws IOException {
        SocketChannel[] clients = new SocketChannel[OPEN_AT_ONCE];
        for (int i = 0; i < OPEN_AT_ONCE; i++) {
            clients[i] = provider.openSocketChannel();
            clients[i].configureBlocking(false);
            clients[i].register(selector, SelectionKey.OP_CONNECT);
            clients[i].connect(server.getLocalAddress());
        }
        int accepted = 0;
        while (accepted < OPEN_AT_ONCE) {
            selector.select();
            selector.selectedKeys().clear();
            for (SocketChannel one = server.accept(); one != null; one = server.accept()) {
                one.configureBlocking(false);
                one.register(selector, SelectionKey.OP_READ);
                one.close();
                accepted++;
            }
        }
        for (SocketChannel client : clients) {
            client.close();
        }
        selector.selectNow();
    }

    /** Another thread may cancel a key and close a channel at any moment of a select. */
    @Test
    public void aSelectNeverFailsForACancelledKey() throws Exception {
        Selector selector = open();
        Future<?> closes = CompletableFuture.runAsync(() -> {
            try {
                for (int i = 0; i < OPENS / OPEN_AT_ONCE; i++) {
                    Pipe pipe = provider.openPipe();
                    pipe.source().configureBlocking(false);
                    SelectionKey key = pipe.source().register(selector, SelectionKey.OP_READ);
                    send(pipe);
                    selector.wakeup();
                    if (i % 2 == 0) {
                        key.cancel();
                    }
                    pipe.source().close();
                    pipe.sink().close();
                }
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        while (!closes.isDone()) {
            selector.select(1);
            selector.selectedKeys().clear();
        }
        get(closes);
        selector.selectNow();
        assertTrue(selector.keys().isEmpty());
    }
}
