package dev.pollux.examples;

import dev.pollux.Capability;
import dev.pollux.EventSelector;
import dev.pollux.Events;
import dev.pollux.HasFd;
import dev.pollux.ffm.file.StandardStreams;
import dev.pollux.loop.EventLoop;
import dev.pollux.stream.Connection;
import dev.pollux.stream.ConnectionHandler;
import dev.pollux.stream.LineFraming;
import dev.pollux.stream.StreamOptions;
import dev.pollux.stream.StreamServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A chat: every line goes to all other members, and the operator of the server takes part from standard input, on the
 * same loop.
 *
 * <p>Run it with {@code mvn -q -B compile exec:exec -pl examples -am -Dexample=ChatServer}, and {@code nc 127.0.0.1 8088} in two
 * other terminals. What the operator types goes to all members, {@code @2 text} to member 2 alone, and {@code /quit} ends
 * the chat; the end of the input does not.
 *
 * <p>Watch for the one thread that serves both the sockets and the keyboard, so nothing needs a lock. Where the backend
 * cannot watch standard input, which is so for {@code nio}, and for {@code epoll} if it comes from a file, a thread
 * reads it instead and hands over one line at a time. Watch also for what becomes of members who do not read: above
 * the high-water mark nothing more is read from them, and above the limit they are out, because waiting for them would
 * hold up all the others.
 *
 * <p>Lines are UTF-8. They are decoded whole, so it does not matter where in a character a read ends.
 *
 * <p><b>Thread:</b> any.
 */
public final class ChatServer implements AutoCloseable {

    /** The longest line; a member who sends a longer one is out. */
    static final int LINE_BYTES = 4096;

    /** A member for whom more than this waits is not read from. */
    static final int HIGH_WATER = 64 * 1024;

    /** The most that may wait for a member. */
    static final int LIMIT = 256 * 1024;

    private static final StreamOptions OPTIONS =
            StreamOptions.defaults().waterMarks(16 * 1024, HIGH_WATER).queueLimit(LIMIT);

    private static final Logger log = LoggerFactory.getLogger(ChatServer.class);

    private final EventLoop loop;
    private final StreamServer server;
    private final Consumer<String> screen;
    private final Map<Integer, Member> members = new ConcurrentHashMap<>();

    private int lastNumber;

    private ChatServer(EventLoop loop, InetSocketAddress address, Consumer<String> screen) throws IOException {
        this.loop = loop;
        this.screen = screen;
        this.server = StreamServer.builder().options(OPTIONS).listen(loop, address, Member::new);
    }

    /** Serves until the operator ends it. */
    public static void main(String[] args) {
        ServerArguments.run("chat", args, arguments -> {
            try (EventSelector selector = arguments.openSelector();
                    EventLoop loop = EventLoop.builder().selector(selector).open();
                    ChatServer server = start(loop, arguments.port(), ChatServer::print)) {
                ServerArguments.announce(selector.backend(), server.address());
                server.hearStandardInput(selector);
                loop.run();
            }
        });
    }

    /** Stopping the terminal (Ctrl-S) stops the chat with it. */
    private static void print(String line) {
        System.out.println(line);
    }

    /**
     * Starts a server on {@code loop}, which may be running already and stays the caller's.
     *
     * @param port where to listen on 127.0.0.1; 0 takes a free one, see {@link #address}
     * @param screen shows a line to the operator; called on the loop thread, so it should not block
     * @throws dev.pollux.UnsupportedSourceException if the loop's backend does not watch Java channels
     * @throws IOException if the port is taken, or the kernel refuses
     */
    public static ChatServer start(EventLoop loop, int port, Consumer<String> screen) throws IOException {
        return new ChatServer(loop, new InetSocketAddress(InetAddress.getLoopbackAddress(), port), screen);
    }

    private void hearStandardInput(EventSelector selector) {
        String reason = "the backend " + selector.backend() + " does not watch descriptors";
        if (selector.capabilities().contains(Capability.DESCRIPTORS)) {
            // Never closed: standard input is there as long as the process is.
            StandardStreams.Input input = StandardStreams.in();
            try {
                hear(input, input::read);
                return;
            } catch (IOException refused) {
                reason = String.valueOf(refused.getMessage());
            }
        }
        screen.accept("a thread reads the operator's lines, because " + reason);
        hear(System.in);
    }

    /** Where the operator's lines come from, as far as this server cares. */
    @FunctionalInterface
    interface Source {

        /** Returns the number of bytes, or −1 at the end. */
        int read(ByteBuffer buffer) throws IOException;
    }

    /**
     * Takes the operator's lines from {@code input} on the loop, whenever {@code descriptor} is ready.
     *
     * @throws dev.pollux.UnsupportedSourceException if the loop's backend does not watch descriptors
     * @throws IOException if it does not watch this one
     */
    void hear(HasFd descriptor, Source input) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(LINE_BYTES);
        LineFraming lines = lines(this::operate);
        loop.register(descriptor, Events.READ, (typed, ready) -> {
            if (input.read(buffer.clear()) >= 0) {
                lines.add(buffer.flip());
            } else {
                // An input that has ended is always ready.
                typed.cancel();
                lines.end();
            }
        });
    }

    /** Takes the operator's lines from {@code input} by a thread, one at a time: what waits, waits in the input. */
    void hear(InputStream input) {
        Thread thread = new Thread(
                () -> {
                    try {
                        BufferedReader reader =
                                new BufferedReader(new InputStreamReader(input, StandardCharsets.UTF_8));
                        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                            String said = line;
                            FutureTask<?> task = new FutureTask<>(() -> operate(said), null);
                            loop.execute(task);
                            task.get();
                        }
                    } catch (RejectedExecutionException closed) {
                        log.debug("the chat is over", closed);
                    } catch (IOException | ExecutionException | InterruptedException e) {
                        log.error("the operator is not heard any more", e);
                    }
                },
                "chat-operator");
        thread.setDaemon(true);
        thread.start();
    }

    private void operate(String line) {
        if (line.equals("/quit")) {
            loop.stop();
        } else if (line.startsWith("@")) {
            String[] parts = line.substring(1).split(" ", 2);
            Member member = parts.length < 2 ? null : members.get(number(parts[0]));
            if (member == null) {
                screen.accept("no one has got \"" + line + "\"; say @NUMBER TEXT with the number of a member");
            } else {
                member.connection.send(message("operator", parts[1]));
            }
        } else {
            tellAllBut(0, message("operator", line));
        }
    }

    private void say(Member speaker, String line) {
        screen.accept(speaker.number + ": " + line);
        tellAllBut(speaker.number, message(Integer.toString(speaker.number), line));
    }

    private void tellAllBut(int number, ByteBuffer message) {
        for (Member member : members.values()) {
            if (member.number != number) {
                member.connection.send(message.duplicate());
            }
        }
    }

    private static ByteBuffer message(String from, String text) {
        return ByteBuffer.wrap((from + ": " + text + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** Returns where the server listens. */
    public InetSocketAddress address() {
        return (InetSocketAddress) server.address().orElseThrow();
    }

    /** Returns how many members there are. */
    public int members() {
        return members.size();
    }

    /** Returns how much waits to be sent to all members, approximately. */
    public long held() {
        return members.values().stream()
                .mapToLong(member -> member.connection.queued())
                .sum();
    }

    /** Closes the listener, and the connection of every member. */
    @Override
    public void close() {
        server.close();
    }

    /** Takes lines of characters from bytes. */
    private static LineFraming lines(Consumer<String> sink) {
        return new LineFraming(
                LINE_BYTES,
                line -> sink.accept(StandardCharsets.UTF_8.decode(line).toString()));
    }

    /** Returns the number that {@code text} says, 0 if none. */
    private static int number(String text) {
        return text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : 0;
    }

    private final class Member implements ConnectionHandler {

        private final int number = ++lastNumber;
        private final Connection connection;
        private final LineFraming lines = lines(line -> say(this, line));

        Member(Connection connection) {
            this.connection = connection;
            members.put(number, this);
        }

        @Override
        public void onReceive(Connection connection, ByteBuffer bytes) throws IOException {
            lines.add(bytes);
        }

        /** What is queued is still sent. */
        @Override
        public void onEnd(Connection connection) throws IOException {
            lines.end();
            connection.closeWhenFlushed();
        }

        @Override
        public void onClosed(Connection connection, @Nullable Throwable reason) {
            members.remove(number);
            if (reason != null) {
                log.info("member {} is out: {}", number, reason.toString());
            }
        }
    }
}
