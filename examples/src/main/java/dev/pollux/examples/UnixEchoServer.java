package dev.pollux.examples;

import dev.pollux.Events;
import dev.pollux.HasFd;
import dev.pollux.accept.AcceptedConnection;
import dev.pollux.accept.Acceptor;
import dev.pollux.ffm.file.StandardStreams;
import dev.pollux.ffm.file.UnixListener;
import dev.pollux.ffm.file.UnixStream;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.Registration;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Sends back what it receives over a Unix-domain socket, while the same loop watches standard input; neither is a Java
 * channel.
 *
 * <p>Talk to it with {@code socat - UNIX-CONNECT:/tmp/x.sock}. Watch for the one thread that serves both: the line
 * {@code quit} on standard input ends the server, as does the end of the input. Linux only.
 */
public final class UnixEchoServer {

    private static final int BUFFER_BYTES = 16 * 1024;

    private final EventLoop loop;
    private final Lines commands;
    private final Set<AcceptedConnection<UnixStream>> open = new HashSet<>();
    private final StringBuilder line = new StringBuilder();

    private UnixEchoServer(EventLoop loop, Lines commands) {
        this.loop = loop;
        this.commands = commands;
    }

    /** Serves at a path until it is ended. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Arguments())
                .setExecutionExceptionHandler((e, command, parsed) -> {
                    System.err.println(e.getMessage());
                    return CommandLine.ExitCode.SOFTWARE;
                })
                .execute(args));
    }

    /** Where commands come from, as far as this server cares. */
    @FunctionalInterface
    interface Lines {

        /** Returns the number of bytes, or −1 at the end. */
        int read(ByteBuffer buffer) throws IOException;
    }

    /** Serves at {@code path} until {@code commands}, which are ready when {@code input} is, say {@code quit}. */
    static void serve(String backend, Path path, HasFd input, Lines commands) throws IOException {
        try (EventLoop loop = EventLoop.builder().backend(backend).open();
                UnixListener listener = UnixListener.bind(UnixDomainSocketAddress.of(path))) {
            UnixEchoServer server = new UnixEchoServer(loop, commands);
            Acceptor<UnixStream> acceptor = Acceptor.builder().listen(loop, listener, listener::accept, server::serve);
            try {
                loop.register(input, Events.READ, server::command);
                loop.run();
            } finally {
                acceptor.close();
                server.open.forEach(AcceptedConnection::close);
                Files.deleteIfExists(path);
            }
        }
    }

    private void serve(AcceptedConnection<UnixStream> accepted) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
        loop.register(accepted.get(), Events.READ, (registration, ready) -> echo(accepted, buffer, registration));
        open.add(accepted);
    }

    /** What has been read but not taken by the peer is kept, and nothing more is read meanwhile. */
    private void echo(AcceptedConnection<UnixStream> accepted, ByteBuffer buffer, Registration registration) {
        UnixStream stream = accepted.get();
        try {
            boolean ended = buffer.position() == 0 && stream.read(buffer) < 0;
            stream.write(buffer.flip());
            buffer.compact();
            registration.modify(buffer.position() == 0 ? Events.READ : Events.WRITE);
            if (!ended) {
                return;
            }
        } catch (IOException cut) {
            // The peer is gone, and no one would read the rest.
        }
        registration.cancel();
        accepted.close();
        open.remove(accepted);
    }

    private void command(Registration registration, int ready) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
        if (commands.read(buffer) < 0) {
            loop.stop();
        }
        line.append(StandardCharsets.UTF_8.decode(buffer.flip()));
        for (int end = line.indexOf("\n"); end >= 0; end = line.indexOf("\n")) {
            if (line.substring(0, end).strip().equals("quit")) {
                loop.stop();
            }
            line.delete(0, end + 1);
        }
    }

    @Command(name = "unix-echo", description = "Echo over a Unix-domain socket until \"quit\" on standard input.")
    private static final class Arguments implements Callable<Integer> {

        @Option(names = "--backend", paramLabel = "NAME", description = "Use this backend; epoll by default.")
        private String backend = "epoll";

        @Parameters(paramLabel = "PATH", description = "Where to listen, for instance /tmp/x.sock.")
        private Path path = Path.of("x.sock");

        @Override
        public Integer call() throws IOException {
            try (StandardStreams.Input input = StandardStreams.in()) {
                System.out.println("listening at " + path + "; \"quit\" ends it");
                serve(backend, path, input, input::read);
            }
            return CommandLine.ExitCode.OK;
        }
    }
}
