package dev.pollux.examples;

import dev.pollux.Capability;
import dev.pollux.EventSelector;
import dev.pollux.Events;
import dev.pollux.HasFd;
import dev.pollux.accept.AcceptedConnection;
import dev.pollux.accept.Acceptor;
import dev.pollux.ffm.file.StandardStreams;
import dev.pollux.loop.Callback;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.Registration;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
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

    /** What a message weighs besides its bytes, so that a queue of empty lines is bounded too. */
    private static final int MESSAGE_OVERHEAD = 64;

    /** A member for whom more than this waits is not read from. */
    static final int HIGH_WATER = 64 * 1024;

    private static final int LOW_WATER = 16 * 1024;

    /** The most that may wait for a member. */
    static final int LIMIT = 256 * 1024;

    private static final Logger log = LoggerFactory.getLogger(ChatServer.class);

    private final EventLoop loop;
    private final Acceptor<SocketChannel> acceptor;
    private final Consumer<String> screen;
    private final Map<Integer, Member> members = new ConcurrentHashMap<>();

    /** Where every read goes first: only the loop thread reads. */
    private final ByteBuffer incoming = ByteBuffer.allocateDirect(LINE_BYTES);

    private int lastNumber;

    private ChatServer(EventLoop loop, InetSocketAddress address, Consumer<String> screen) throws IOException {
        this.loop = loop;
        this.screen = screen;
        this.acceptor = Acceptor.builder().listen(loop, address, this::join);
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
        Lines lines = new Lines(this::operate);
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
            Member member = parts.length < 2 ? null : members.get(Lines.number(parts[0]));
            if (member == null) {
                screen.accept("no one has got \"" + line + "\"; say @NUMBER TEXT with the number of a member");
            } else {
                member.offer(message("operator", parts[1]));
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
                member.offer(message.duplicate());
            }
        }
    }

    private static ByteBuffer message(String from, String text) {
        return ByteBuffer.wrap((from + ": " + text + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private void join(AcceptedConnection<SocketChannel> accepted) throws IOException {
        Member member = new Member(++lastNumber, accepted);
        members.put(member.number, member);
    }

    /** Returns where the server listens. */
    public InetSocketAddress address() {
        return (InetSocketAddress) acceptor.address().orElseThrow();
    }

    /** Returns how many members there are. */
    public int members() {
        return members.size();
    }

    /** Returns how much waits to be sent to all members, approximately. */
    public long held() {
        return members.values().stream().mapToLong(member -> member.held).sum();
    }

    /** Closes the listener first, so that no member joins, and then the connections. */
    @Override
    public void close() {
        acceptor.close();
        members.values().forEach(Member::close);
    }

    /** Bytes to lines. */
    private static final class Lines {

        private final Consumer<String> sink;
        private final ByteArrayOutputStream begun = new ByteArrayOutputStream();

        Lines(Consumer<String> sink) {
            this.sink = sink;
        }

        void add(ByteBuffer bytes) throws IOException {
            while (bytes.hasRemaining()) {
                byte next = bytes.get();
                if (next == '\n') {
                    finish();
                } else if (begun.size() < LINE_BYTES) {
                    begun.write(next);
                } else {
                    begun.reset();
                    throw new IOException("a line is longer than " + LINE_BYTES + " bytes");
                }
            }
        }

        /** What was begun and not ended is a line too. */
        void end() {
            if (begun.size() > 0) {
                finish();
            }
        }

        private void finish() {
            String line = begun.toString(StandardCharsets.UTF_8);
            begun.reset();
            sink.accept(line.endsWith("\r") ? line.substring(0, line.length() - 1) : line);
        }

        /** Returns the number that {@code text} says, 0 if none. */
        static int number(String text) {
            return text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : 0;
        }
    }

    private final class Member implements Callback {

        private final int number;
        private final AcceptedConnection<SocketChannel> accepted;
        private final SocketChannel channel;
        private final Lines lines = new Lines(line -> say(this, line));
        private final Queue<ByteBuffer> outgoing = new ArrayDeque<>();
        private final Registration registration;
        private volatile int held;
        private boolean reading = true;
        private boolean ended;

        Member(int number, AcceptedConnection<SocketChannel> accepted) throws IOException {
            this.number = number;
            this.accepted = accepted;
            this.channel = accepted.get();
            this.registration = loop.register(channel, Events.READ, this);
        }

        @Override
        public void onReady(Registration registration, int ready) {
            try {
                if ((ready & Events.READ) != 0) {
                    receive();
                }
                if ((ready & Events.WRITE) != 0) {
                    send();
                }
                follow();
            } catch (IOException e) {
                log.debug("member {} is lost", number, e);
                close();
            }
        }

        private void receive() throws IOException {
            if (channel.read(incoming.clear()) >= 0) {
                lines.add(incoming.flip());
            } else {
                ended = true;
                lines.end();
            }
        }

        private void send() throws IOException {
            for (ByteBuffer message = outgoing.peek(); message != null; message = outgoing.peek()) {
                hold(-channel.write(message));
                if (message.hasRemaining()) {
                    return; // the socket takes no more
                }
                outgoing.remove();
                hold(-MESSAGE_OVERHEAD);
            }
        }

        /** Queues a message, which the loop sends when the socket has room; a member who is leaving gets no more. */
        void offer(ByteBuffer message) {
            if (ended) {
                return;
            }
            try {
                int weight = message.remaining() + MESSAGE_OVERHEAD;
                if (held + weight > LIMIT) {
                    throw new IOException("more than " + LIMIT + " bytes wait for it");
                }
                outgoing.add(message);
                hold(weight);
                follow();
            } catch (IOException e) {
                log.info("member {} is out: {}", number, e.getMessage());
                close();
            }
        }

        @SuppressWarnings("NonAtomicVolatileUpdate") // only the loop thread writes it
        private void hold(int weight) {
            held += weight;
        }

        /** Asks for what the queue calls for. After the end of the input, what is queued is still sent. */
        private void follow() throws IOException {
            if (ended && outgoing.isEmpty()) {
                close();
                return;
            }
            if (held >= HIGH_WATER) {
                reading = false;
            } else if (held <= LOW_WATER) {
                reading = true;
            }
            registration.modify((reading && !ended ? Events.READ : Events.NONE)
                    | (outgoing.isEmpty() ? Events.NONE : Events.WRITE));
        }

        void close() {
            registration.cancel();
            accepted.close();
            members.remove(number);
        }
    }
}
