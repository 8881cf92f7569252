package dev.pollux.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.loop.EventLoop;
import dev.pollux.loop.EventLoopGroup;
import dev.pollux.loop.LoopChooser;
import java.io.IOException;
import java.net.Socket;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

@Timeout(60)
class WorkerGroupEchoTest {

    private static final int WORKERS = 3;
    private static final int NO_LIMIT = Integer.MAX_VALUE;

    private EventLoop accepting;
    private EventLoopGroup workers;

    @BeforeEach
    void openLoops() throws IOException {
        accepting = EventLoop.open();
        accepting.start();
        workers = EventLoopGroup.open(WORKERS, EventLoop.builder(), LoopChooser.roundRobin());
    }

    @AfterEach
    void closeLoops() {
        accepting.close();
        workers.close();
    }

    @Test
    void everyWorkerServesItsShare() throws IOException {
        try (WorkerGroupEcho server = WorkerGroupEcho.start(accepting, workers, 0, NO_LIMIT)) {
            List<Socket> clients = Clients.connect(server.address(), 4 * WORKERS);
            try {
                assertEchoes(clients);

                assertEquals(clients.size(), server.accepted());
                assertEquals(clients.size(), server.connections());
                for (EventLoop worker : workers) {
                    assertEquals(4, worker.registered());
                }
                assertEquals(1, accepting.registered());
            } finally {
                Clients.close(clients);
            }
            Clients.await(() -> server.connections() == 0, "connections stay open that their peers have left");
        }
    }

    @Test
    void whoComesOnTopIsServedOnceSomebodyLeaves() throws IOException {
        try (WorkerGroupEcho server = WorkerGroupEcho.start(accepting, workers, 0, 2);
                Socket first = Clients.connect(server.address());
                Socket second = Clients.connect(server.address())) {
            assertEchoes(List.of(first, second));
            try (Socket third = Clients.connect(server.address())) {
                Clients.write(third, Clients.bytes(10));
                assertEchoes(List.of(first, second));
                assertEquals(2, server.accepted());

                first.shutdownOutput();

                assertArrayEquals(Clients.bytes(10), Clients.read(third, 10));
                assertEquals(3, server.accepted());
                assertTrue(server.connections() <= 2);
            }
        }
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aListenerOnEachWorkerNeedsNoOther() throws IOException {
        accepting.close();
        try (WorkerGroupEcho server = WorkerGroupEcho.startOnEach(workers, 0, NO_LIMIT)) {
            List<Socket> clients = Clients.connect(server.address(), 8 * WORKERS);
            try {
                assertEchoes(clients);

                assertEquals(clients.size(), server.accepted());
                assertEquals(clients.size() + WORKERS, registered());
            } finally {
                Clients.close(clients);
            }
        }
    }

    @Test
    void closeEndsTheListenersAndTheConnections() throws IOException {
        WorkerGroupEcho server = WorkerGroupEcho.start(accepting, workers, 0, NO_LIMIT);
        try (Socket client = Clients.connect(server.address())) {
            assertEchoes(List.of(client));

            server.close();

            assertEquals(-1, client.getInputStream().read());
            assertEquals(0, registered());
            assertEquals(0, accepting.registered());
        }
    }

    private int registered() {
        int registered = 0;
        for (EventLoop worker : workers) {
            registered += worker.registered();
        }
        return registered;
    }

    private static void assertEchoes(List<Socket> clients) throws IOException {
        Clients.writeAll(clients, client -> Clients.bytes(100 + client));
        Clients.assertEachReads(clients, client -> Clients.bytes(100 + client));
    }
}
