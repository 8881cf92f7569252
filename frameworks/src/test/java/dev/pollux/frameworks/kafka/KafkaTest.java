package dev.pollux.frameworks.kafka;

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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.AppInfoParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Three servers and their clients, all on the bridge, whose selectors move every 50 ms. */
@Timeout(300)
class KafkaTest {

    private static final List<String> BACKENDS = List.of("epoll", "poll", "select");
    private static final int QUARTER = Records.COUNT / 4;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path directory;

    @Test
    void nothingAcknowledgedIsLostAndPartitionsKeepTheirOrderAlthoughTheControllerIsKilledMeanwhile() throws Exception {
        int clients = PolluxSelectorProvider.selectors().size();
        try (Cluster cluster = new Cluster(directory, BACKENDS)) {
            for (ServerJvm server : cluster.servers()) {
                assertSelectorsAreOn(server.backend(), server.selectors());
            }
            cluster.admin()
                    .createTopics(List.of(new NewTopic(Records.TOPIC, Records.PARTITIONS, (short) 3)))
                    .all()
                    .get();
            awaitLeaders(cluster.admin());
            long before = ServerJvm.descriptors(cluster.servers());
            for (ServerJvm server : cluster.servers()) {
                server.beginSwaps();
            }
            long swaps = sendAndReceive(cluster);
            awaitLeaders(cluster.admin());
            new Receiver(cluster.addresses(), "afterwards").call();
            assertNothingIsThereTwice(cluster.admin());
            for (ServerJvm server : cluster.servers()) {
                server.endSwaps();
                swaps += server.swaps();
                assertTrue(server.swaps() > 0, server.backend() + " was moved");
                assertSelectorsAreOn(server.backend(), server.selectors());
            }
            // Servers open connections to each other as they lead and follow. Moves are thousands, and would leave as
            // many.
            Await.until("the descriptors are closed", () -> ServerJvm.descriptors(cluster.servers()) < before + 64);
            Results.add(
                    "Kafka " + AppInfoParser.getVersion() + ", controller killed",
                    String.join(", ", BACKENDS),
                    Records.COUNT,
                    0,
                    swaps,
                    before,
                    ServerJvm.descriptors(cluster.servers()));
        }
        assertTrue(PolluxSelectorProvider.selectors().size() <= clients, "the clients have closed their selectors");
    }

    /** Returns the moves of the clients and of the killed server. */
    private static long sendAndReceive(Cluster cluster) throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        Sender sender = new Sender(cluster.addresses());
        Future<Void> sending = threads.submit(sender);
        Future<Void> receiving = threads.submit(new Receiver(cluster.addresses(), "meanwhile"));
        try (Swaps swaps = Swaps.from(Backends.names().get(0))) {
            sender.allow(QUARTER);
            awaitAcknowledged(sender, QUARTER / 2, sending, receiving);
            int controller = cluster.controller();
            ServerJvm killed = cluster.servers().get(controller);
            cluster.kill(controller);
            sender.allow(QUARTER);
            awaitAcknowledged(sender, QUARTER, sending, receiving);
            cluster.launchAgain(controller);
            sender.allow(QUARTER);
            cluster.awaitServing(controller);
            cluster.servers().get(controller).beginSwaps();
            sender.allow(Records.COUNT - 3 * QUARTER);
            sending.get();
            assertEquals(Records.COUNT, sender.acknowledged());
            receiving.get();
            return killed.swaps() + swaps.count();
        } finally {
            threads.shutdownNow();
        }
    }

    private static void awaitAcknowledged(Sender sender, int count, Future<Void> sending, Future<Void> receiving)
            throws Exception {
        Await.until(count + " records are acknowledged", () -> {
            for (Future<Void> work : List.of(sending, receiving)) {
                if (work.isDone()) {
                    work.get();
                }
            }
            return sender.acknowledged() >= count;
        });
    }

    /** Has each server lead again what it led first, the one that was killed too, once it has everything. */
    private static void awaitLeaders(Admin admin) throws Exception {
        Await.until("every replica has everything, and every server leads", () -> {
            admin.electLeaders(ElectionType.PREFERRED, new HashSet<>(Records.partitions()))
                    .partitions()
                    .get();
            return admin
                    .describeTopics(List.of(Records.TOPIC))
                    .allTopicNames()
                    .get()
                    .get(Records.TOPIC)
                    .partitions()
                    .stream()
                    .allMatch(partition -> partition.isr().size() == BACKENDS.size()
                            && partition.leader().equals(partition.replicas().get(0)));
        });
    }

    private static void assertNothingIsThereTwice(Admin admin) throws Exception {
        Map<TopicPartition, ListOffsetsResultInfo> ends = admin.listOffsets(Records.partitions().stream()
                        .collect(Collectors.toMap(partition -> partition, partition -> OffsetSpec.latest())))
                .all()
                .get();
        ends.forEach((partition, end) ->
                assertEquals(Records.count(partition.partition()), end.offset(), partition.toString()));
    }

    private static void assertSelectorsAreOn(String backend, List<SelectorInfo> selectors) {
        assertTrue(
                selectors.size() >= 8, "two listeners, each with one that accepts and three that serve: " + selectors);
        for (SelectorInfo selector : selectors) {
            assertEquals(backend, selector.backend(), selector.toString());
        }
    }
}
