package dev.pollux.frameworks.zookeeper;

import dev.pollux.frameworks.engine.Await;
import dev.pollux.frameworks.engine.Ports;
import dev.pollux.frameworks.engine.ServerJvm;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.zookeeper.server.quorum.QuorumPeerMain;

/** Three servers of ZooKeeper, each with its own backend. */
final class Ensemble implements AutoCloseable {

    private final Path directory;
    private final Ports ports = new Ports();
    private final List<Integer> clientPorts = new ArrayList<>();
    private final List<ServerJvm> servers = new ArrayList<>();

    /** Starts one server on each backend and returns once all of them serve. */
    Ensemble(Path directory, List<String> backends) throws Exception {
        this.directory = directory;
        List<String> peers = new ArrayList<>();
        for (int i = 0; i < backends.size(); i++) {
            clientPorts.add(ports.next());
            peers.add("server." + i + "=" + Ports.HOST + ":" + ports.next() + ":" + ports.next());
        }
        for (int i = 0; i < backends.size(); i++) {
            Path data = Files.createDirectories(data(i));
            Files.writeString(data.resolve("myid"), Integer.toString(i));
            Files.writeString(config(i), """
                    tickTime=500
                    initLimit=60
                    syncLimit=30
                    dataDir=%s
                    clientPort=%d
                    clientPortAddress=%s
                    admin.enableServer=false
                    %s
                    """.formatted(data, clientPorts.get(i), Ports.HOST, String.join("\n", peers)));
            servers.add(launch(i, backends.get(i)));
        }
        for (int i = 0; i < backends.size(); i++) {
            awaitServing(i);
        }
    }

    private Path data(int server) {
        return directory.resolve("server-" + server);
    }

    private Path config(int server) {
        return directory.resolve("server-" + server + ".cfg");
    }

    private ServerJvm launch(int server, String backend) throws IOException {
        return ServerJvm.start(
                backend,
                directory.resolve("server-" + server + ".log"),
                List.of("-Xmx256m"),
                List.of(QuorumPeerMain.class.getName(), config(server).toString()));
    }

    private void awaitServing(int server) throws Exception {
        Await.until(
                "server " + server + " serves, see " + directory,
                () -> !mode(server).isEmpty());
        servers.get(server).connect();
    }

    /** Returns {@code leader}, {@code follower}, or nothing if the server does not serve. */
    private String mode(int server) {
        try (Socket socket = new Socket()) {
            socket.connect(Ports.address(clientPorts.get(server)));
            socket.getOutputStream().write("srvr".getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            return answer.lines()
                    .filter(line -> line.startsWith("Mode: "))
                    .map(line -> line.substring("Mode: ".length()))
                    .collect(Collectors.joining());
        } catch (IOException e) {
            return "";
        }
    }

    int leader() {
        for (int i = 0; i < servers.size(); i++) {
            if (mode(i).equals("leader")) {
                return i;
            }
        }
        throw new AssertionError("no server leads");
    }

    void kill(int server) throws IOException {
        servers.get(server).kill();
    }

    /** Starts a killed server again, with the data that it had. */
    void restart(int server) throws Exception {
        servers.set(server, launch(server, servers.get(server).backend()));
        awaitServing(server);
    }

    List<ServerJvm> servers() {
        return servers;
    }

    String address(int server) {
        return Ports.HOST + ":" + clientPorts.get(server);
    }

    String addresses() {
        return clientPorts.stream().map(port -> Ports.HOST + ":" + port).collect(Collectors.joining(","));
    }

    @Override
    public void close() throws IOException {
        for (ServerJvm server : servers) {
            server.close();
        }
        ports.close();
    }
}
