package dev.pollux.frameworks.zookeeper;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.ffm.bridge.PolluxSelectorProvider;
import dev.pollux.ffm.bridge.SelectorInfo;
import dev.pollux.frameworks.Backends;
import dev.pollux.frameworks.Results;
import dev.pollux.frameworks.Swaps;
import dev.pollux.frameworks.engine.Await;
import dev.pollux.frameworks.engine.ServerJvm;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.Version;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Three servers and their clients, all on the bridge, whose selectors move every 50 ms. */
@Timeout(300)
class ZooKeeperTest {

    private static final List<String> BACKENDS = List.of("epoll", "poll", "select");
    private static final int WRITERS = 8;
    private static final int WRITES = 10_000;
    private static final int WRITES_EACH = WRITES / WRITERS;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path directory;

    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicLong losses = new AtomicLong();

    @Test
    void everyAcknowledgedWriteIsOnAllServersAlthoughTheLeaderIsKilledMeanwhile() throws Exception {
        int clients = PolluxSelectorProvider.selectors().size();
        try (Ensemble ensemble = new Ensemble(directory, BACKENDS)) {
            long before = ServerJvm.descriptors(ensemble.servers());
            for (ServerJvm server : ensemble.servers()) {
                assertSelectorsAreOn(server.backend(), server.selectors());
                server.beginSwaps();
            }
            long swaps = write(ensemble);
            for (ServerJvm server : ensemble.servers()) {
                server.endSwaps();
                swaps += server.swaps();
                assertSelectorsAreOn(server.backend(), server.selectors());
                assertTrue(
                        server.selectors().stream().allMatch(selector -> selector.swaps() > 0),
                        server.backend() + ": " + server.selectors());
            }
            for (int i = 0; i < BACKENDS.size(); i++) {
                assertHasEverything(ensemble.address(i));
            }
            // The JDK keeps a socket of its own once a JVM has closed one.
            Await.until(
                    "the descriptors are closed",
                    () -> ServerJvm.descriptors(ensemble.servers()) <= before + BACKENDS.size());
            Results.add(
                    "ZooKeeper " + Version.getVersion() + ", leader killed",
                    String.join(", ", BACKENDS),
                    acknowledged.get(),
                    WRITES - acknowledged.get(),
                    swaps,
                    before,
                    ServerJvm.descriptors(ensemble.servers()));
        }
        assertTrue(PolluxSelectorProvider.selectors().size() <= clients, "the clients have closed their selectors");
    }

    /** Has everything written, kills a server at a quarter of it and starts it again at the half. Returns the moves of the clients and of the killed server. */
    private long write(Ensemble ensemble) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
        List<Future<Void>> writers = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            writers.add(threads.submit(new Writer(ensemble.addresses(), parent(i), WRITES_EACH, acknowledged, losses)));
        }
        try (Swaps swaps = Swaps.from(Backends.names().get(0))) {
            awaitAcknowledged(WRITES / 4, writers);
            assertTrue(PolluxSelectorProvider.selectors().size() >= WRITERS, "the clients are on the bridge");
            assertEquals(0, losses.get(), "connections lost before a server is killed");
            int leader = ensemble.leader();
            ServerJvm killed = ensemble.servers().get(leader);
            ensemble.kill(leader);
            awaitAcknowledged(WRITES / 2, writers);
            ensemble.restart(leader);
            ensemble.servers().get(leader).beginSwaps();
            for (Future<Void> writer : writers) {
                writer.get();
            }
            return killed.swaps() + swaps.count();
        } finally {
            threads.shutdownNow();
        }
    }

    private static String parent(int writer) {
        return "/writer" + writer;
    }

    private void awaitAcknowledged(int count, List<Future<Void>> writers) throws Exception {
        Await.until(count + " writes are acknowledged", () -> {
            for (Future<Void> writer : writers) {
                if (writer.isDone()) {
                    writer.get();
                }
            }
            return acknowledged.get() >= count;
        });
    }

    private static void assertSelectorsAreOn(String backend, List<SelectorInfo> selectors) {
        assertTrue(selectors.size() >= 2, "one selector accepts and others serve: " + selectors);
        for (SelectorInfo selector : selectors) {
            assertEquals(backend, selector.backend(), selector.toString());
        }
    }

    /** Reads through one server, once it has all that was written before. */
    private static void assertHasEverything(String address) throws Exception {
        Set<String> names =
                IntStream.range(0, WRITES_EACH).mapToObj(Writer::name).collect(Collectors.toSet());
        ZooKeeper client = new ZooKeeper(address, Writer.SESSION_MILLIS, event -> {});
        try {
            CompletableFuture<KeeperException.Code> synced = new CompletableFuture<>();
            client.sync("/", (code, path, context) -> synced.complete(KeeperException.Code.get(code)), null);
            assertEquals(KeeperException.Code.OK, synced.get());
            for (int i = 0; i < WRITERS; i++) {
                String parent = parent(i);
                assertEquals(names, new HashSet<>(client.getChildren(parent, false)), parent + " on " + address);
                List<String> paths =
                        names.stream().map(name -> parent + "/" + name).collect(Collectors.toList());
                List<OpResult> contents =
                        client.multi(paths.stream().map(Op::getData).collect(Collectors.toList()));
                for (int j = 0; j < paths.size(); j++) {
                    String path = paths.get(j);
                    byte[] content = ((OpResult.GetDataResult) contents.get(j)).getData();
                    assertArrayEquals(Writer.content(path), content, path + " on " + address);
                }
            }
        } finally {
            client.close();
        }
    }
}
