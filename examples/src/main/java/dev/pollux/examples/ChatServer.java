package dev.pollux.examples;

import dev.pollux.loop.EventLoop;
import dev.pollux.stream.Connection;
import dev.pollux.stream.ConnectionHandler;
import dev.pollux.stream.LineFraming;
import dev.pollux.stream.StreamOptions;
import dev.pollux.stream.StreamServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A chat: every line goes to all members, who are told who comes and goes. A member for whom too much waits is out, and so is
 * one who is silent for too long and to whom no one speaks. SIGTERM ends the chat: what was said is still sent.
 *
 * <p>Run it with {@code mvn -q -B compile exec:exec -pl examples -am -Dexample=ChatServer}, and {@code nc 127.0.0.1 8088} in two
 * other terminals. All of it is on one thread, so nothing needs a lock.
 */
public final class ChatServer {

    static final StreamOptions OPTIONS =
            StreamOptions.defaults().queueLimit(256 * 1024).idleTimeout(Duration.ofMinutes(10));

    private final Set<Member> members = new LinkedHashSet<>();
    private int lastNumber;

    /** Serves until SIGTERM, on port 8088 or that of the first argument. */
    public static void main(String[] args) throws IOException {
        int port = args.length == 0 ? 8088 : Integer.parseInt(args[0]);
        try (EventLoop loop = EventLoop.open();
                StreamServer server =
                        serve(loop, new InetSocketAddress(InetAddress.getLoopbackAddress(), port), OPTIONS)) {
            loop.onSignal("TERM", () -> server.stop(Duration.ofSeconds(5)).thenRun(loop::stop));
            System.out.println("listens on " + server.address().orElseThrow());
            loop.run();
        }
    }

    static StreamServer serve(EventLoop loop, SocketAddress address, StreamOptions options) throws IOException {
        ChatServer chat = new ChatServer();
        return StreamServer.builder().options(options).listen(loop, address, each -> chat.new Member(each));
    }

    private void tellAll(String text) {
        ByteBuffer line = StandardCharsets.UTF_8.encode(text + "\n");
        members.forEach(member -> member.connection.send(line.duplicate()));
    }

    private final class Member implements ConnectionHandler {

        private final int number = ++lastNumber;
        private final LineFraming lines =
                new LineFraming(4096, line -> tellAll(number + ": " + StandardCharsets.UTF_8.decode(line)));
        private final Connection connection;

        Member(Connection connection) {
            this.connection = connection;
            members.add(this);
            tellAll(number + " joins");
        }

        @Override
        public void onReceive(Connection connection, ByteBuffer bytes) throws IOException {
            lines.add(bytes);
        }

        @Override
        public void onClosed(Connection connection, @Nullable Throwable reason) {
            members.remove(this);
            tellAll(number + " leaves");
        }
    }
}
