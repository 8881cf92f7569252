package dev.pollux.frameworks.kafka;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.frameworks.engine.Await;
import dev.pollux.frameworks.engine.Ports;
import dev.pollux.frameworks.engine.ServerJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import kafka.tools.StorageTool;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.Uuid;

/** Three servers of Kafka, each a broker and a controller, and each with its own backend. */
final class Cluster implements AutoCloseable {

    private final Path directory;
    private final Ports ports = new Ports();
    private final List<Integer> clientPorts = new ArrayList<>();
    private final List<ServerJvm> servers = new ArrayList<>();
    private final Admin admin;

    /** Starts one server on each backend and returns once all of them serve. */
    Cluster(Path directory, List<String> backends) throws Exception {
        this.directory = directory;
        List<Integer> controllerPorts = new ArrayList<>();
        for (int i = 0; i < backends.size(); i++) {
            clientPorts.add(ports.next());
            controllerPorts.add(ports.next());
        }
        String voters = IntStream.range(0, backends.size())
                .mapToObj(i -> i + "@" + Ports.HOST + ":" + controllerPorts.get(i))
                .collect(Collectors.joining(","));
        String id = Uuid.randomUuid().toString();
        for (int i = 0; i < backends.size(); i++) {
            Files.writeString(config(i), """
                    process.roles=broker,controller
                    node.id=%1$d
                    controller.quorum.voters=%2$s
                    listeners=PLAINTEXT://%3$s:%4$d,CONTROLLER://%3$s:%5$d
                    controller.listener.names=CONTROLLER
                    log.dirs=%6$s
                    default.replication.factor=3
                    min.insync.replicas=2
                    offsets.topic.replication.factor=3
                    offsets.topic.num.partitions=3
                    group.initial.rebalance.delay.ms=0
                    broker.session.timeout.ms=4000
                    broker.heartbeat.interval.ms=500
                    """.formatted(
                            i,
                            voters,
                            Ports.HOST,
                            clientPorts.get(i),
                            controllerPorts.get(i),
                            directory.resolve("server-" + i)));
            int formatted = StorageTool.execute(
                    new String[] {
                        "format", "--cluster-id", id, "--config", config(i).toString()
                    },
                    System.out);
            assertEquals(0, formatted);
            servers.add(launch(i, backends.get(i)));
        }
        admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, addresses()));
        for (int i = 0; i < backends.size(); i++) {
            awaitServing(i);
        }
    }

    private Path config(int server) {
        return directory.resolve("server-" + server + ".properties");
    }

    private ServerJvm launch(int server, String backend) throws IOException {
        return ServerJvm.start(
                backend,
                directory.resolve("server-" + server + ".log"),
                List.of("-Xmx512m"),
                List.of("kafka.Kafka", config(server).toString()));
    }

    /** Returns once a server takes part. */
    void awaitServing(int server) throws Exception {
        Await.until(
                "server " + server + " serves, see " + directory,
                () -> admin.describeCluster().nodes().get().stream().anyMatch(node -> node.id() == server));
        servers.get(server).connect();
    }

    /** Returns the number of the server that leads the controllers. */
    int controller() throws Exception {
        return admin.describeMetadataQuorum().quorumInfo().get().leaderId();
    }

    void kill(int server) throws IOException {
        servers.get(server).kill();
    }

    /** Starts a killed server again, with the data that it had. */
    void launchAgain(int server) throws IOException {
        servers.set(server, launch(server, servers.get(server).backend()));
    }

    List<ServerJvm> servers() {
        return servers;
    }

    Admin admin() {
        return admin;
    }

    String addresses() {
        return clientPorts.stream().map(port -> Ports.HOST + ":" + port).collect(Collectors.joining(","));
    }

    @Override
    public void close() throws IOException {
        admin.close();
        for (ServerJvm server : servers) {
            server.close();
        }
        ports.close();
    }
}
