package dev.pollux.ffm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.ffm.file.TcpListener;
import dev.pollux.ffm.file.TcpStream;
import dev.pollux.loop.EventLoop;
import dev.pollux.operation.Operation;
import dev.pollux.operation.Operations;
import dev.pollux.tck.probe.OpenDescriptors;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Operations go on while the backend is swapped under them, from a kernel that does them to others and back: each completes
 * once, and no byte is lost, doubled or out of place. A second by default; more with {@code -Dpollux.swap.seconds}.
 */
@EnabledIf("dev.pollux.ffm.IoUringOnly#isHere")
class OperationsSwapTest {

    private static final Logger log = LoggerFactory.getLogger(OperationsSwapTest.class);

    private static final List<String> BACKENDS = List.of("io_uring", "epoll", "io_uring", "poll", "io_uring", "select");
    private static final int CONNECTIONS = 48;
    private static final int UNDER_WAY = 256 * 1024;
    private static final int MOST_BYTES = 40_000;

    private final long seconds = Long.getLong("pollux.swap.seconds", 1);
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final AtomicLong begun = new AtomicLong();
    private final AtomicLong completed = new AtomicLong();
    private final AtomicLong echoed = new AtomicLong();
    private volatile boolean stopping;

    @Test
    @Timeout(value = 30, unit = TimeUnit.MINUTES)
    void everyOperationCompletesOnceAndEveryByteArrivesInItsPlace() throws Exception {
        int before = OpenDescriptors.now().size();
        try (TcpListener listener = TcpListener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                EventLoop servers = EventLoop.open("epoll");
                EventLoop clients = EventLoop.open("io_uring")) {
            servers.start();
            clients.start();
            List<Client> all = new ArrayList<>();
            Operations accepting = Operations.on(servers, listener);
            accepting
                    .operation(accepted -> {
                        if (accepted.goesOn()) {
                            new Server(Operations.on(servers, accepted.accepted())).begin();
                        }
                    })
                    .acceptEach();
            for (int i = 0; i < CONNECTIONS; i++) {
                TcpStream stream = TcpStream.connect(listener.localAddress());
                Client client = new Client(Operations.on(clients, stream), i);
                all.add(client);
                clients.execute(client::begin);
            }
            long swaps = swapBoth(servers, clients);
            stopping = true;
            for (Client client : all) {
                client.done.await();
            }
            assertNull(failure.get(), () -> "failed: " + failure.get());
            for (Client client : all) {
                assertEquals(client.sent, client.received);
                client.operations.close();
            }
            accepting.close();
            log.info("{} bytes echoed by {} operations over {} swaps", echoed, completed, swaps);
        }
        assertEquals(begun.get(), completed.get());
        assertTrue(echoed.get() > 0);
        assertEquals(before, OpenDescriptors.now().size());
    }

    private long swapBoth(EventLoop servers, EventLoop clients) throws Exception {
        SplittableRandom random = new SplittableRandom(1);
        long swaps = 0;
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (System.nanoTime() - end < 0 && failure.get() == null) {
            servers.swap(BACKENDS.get(random.nextInt(BACKENDS.size()))).get(20, TimeUnit.SECONDS);
            clients.swap(BACKENDS.get(random.nextInt(BACKENDS.size()))).get(20, TimeUnit.SECONDS);
            swaps += 2;
            // A pause by a timer of the loop itself, in which operations go on.
            awaitTimer(servers, random.nextInt(15));
        }
        return swaps;
    }

    private static void awaitTimer(EventLoop loop, int millis) throws Exception {
        loop.executor().schedule(() -> {}, millis, TimeUnit.MILLISECONDS).get(20, TimeUnit.SECONDS);
    }

    private void failed(Throwable reason) {
        failure.compareAndSet(null, reason);
    }

    private static byte at(long position, int seed) {
        long mixed = (position + seed * 1_000_003L) * 0x9E3779B97F4A7C15L;
        return (byte) (mixed >>> 56);
    }

    /** Sends back what it receives: those of even numbers into their own buffer, the others by buffers that are lent. */
    private final class Server {

        private final Operations operations;
        private final Operation receive;
        private final ByteBuffer own = ByteBuffer.allocateDirect(16 * 1024);
        private final List<Operation> free = new ArrayList<>();

        Server(Operations operations) {
            this.operations = operations;
            this.receive = operations.operation(this::received);
        }

        void begin() {
            begun.incrementAndGet();
            if (System.identityHashCode(this) % 2 == 0) {
                receive.receive(own.clear());
            } else {
                receive.receiveEach();
            }
        }

        private void received(Operation operation) throws IOException {
            if (!operation.goesOn()) {
                completed.incrementAndGet();
            }
            int count;
            try {
                count = operation.result();
            } catch (IOException e) {
                if (!stopping) {
                    failed(e);
                }
                operations.close();
                return;
            }
            if (count < 0) {
                operations.close();
            } else if (operation.goesOn()) {
                ByteBuffer lent = operation.lent();
                send(free.isEmpty() ? operations.operation(this::sent) : free.remove(free.size() - 1), lent);
            } else {
                send(operations.operation(this::sentOwn), own.flip());
            }
        }

        private void send(Operation send, ByteBuffer bytes) {
            begun.incrementAndGet();
            send.send(bytes);
        }

        private void sent(Operation send) throws IOException {
            completed.incrementAndGet();
            echoed.addAndGet(send.result());
            free.add(send);
        }

        private void sentOwn(Operation send) throws IOException {
            completed.incrementAndGet();
            echoed.addAndGet(send.result());
            begin();
        }
    }

    /** Sends numbers that follow from their place, and compares what comes back. */
    private final class Client {

        final Operations operations;
        final CountDownLatch done = new CountDownLatch(1);
        long sent;
        long received;
        private final int seed;
        private final SplittableRandom random;
        private final Operation send;
        private final Operation receive;
        private final ByteBuffer in = ByteBuffer.allocateDirect(MOST_BYTES);

        Client(Operations operations, int seed) {
            this.operations = operations;
            this.seed = seed;
            this.random = new SplittableRandom(seed);
            this.send = operations.operation(this::sent);
            this.receive = operations.operation(this::received);
        }

        void begin() {
            begun.incrementAndGet();
            operations
                    .operation(connected -> {
                        completed.incrementAndGet();
                        connected.result();
                        sendMore();
                        receiveMore();
                    })
                    .connect();
        }

        private void sendMore() {
            ByteBuffer bytes = ByteBuffer.allocateDirect(1 + random.nextInt(MOST_BYTES));
            while (bytes.hasRemaining()) {
                bytes.put(at(sent++, seed));
            }
            begun.incrementAndGet();
            send.send(bytes.flip());
        }

        private void sent(Operation operation) throws IOException {
            completed.incrementAndGet();
            operation.result();
            if (!stopping && sent - received < UNDER_WAY) {
                sendMore();
            }
            checkDone();
        }

        private void receiveMore() {
            in.clear().limit(1 + random.nextInt(MOST_BYTES));
            begun.incrementAndGet();
            receive.receive(in);
        }

        private void received(Operation operation) {
            completed.incrementAndGet();
            try {
                if (operation.result() < 0) {
                    throw new IOException("the server has ended connection " + seed);
                }
                in.flip();
                while (in.hasRemaining()) {
                    byte expected = at(received, seed);
                    byte found = in.get();
                    if (expected != found) {
                        throw new IOException("byte " + received + " of connection " + seed + " is not in its place");
                    }
                    received++;
                }
            } catch (IOException e) {
                if (done.getCount() > 0) {
                    failed(e);
                    done.countDown();
                }
                return;
            }
            if (!checkDone()) {
                receiveMore();
            }
            if (!stopping && !send.isInFlight() && sent - received < UNDER_WAY) {
                sendMore();
            }
        }

        /** Returns whether all has come back. */
        private boolean checkDone() {
            boolean over = stopping && !send.isInFlight() && sent == received;
            if (over) {
                done.countDown();
            }
            return over;
        }
    }
}
