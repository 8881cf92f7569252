package dev.pollux.examples.cookbook;

import dev.pollux.loop.EventLoop;
import dev.pollux.stream.StreamServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Sends the text of a file, the second argument, to each client. SIGHUP has the file read again, SIGUSR1 prints what the loop
 * does, and SIGINT, which is Ctrl-C, ends the program.
 */
public final class Signals {

    private String text = "";

    private Signals() {}

    /** Serves until SIGINT. */
    public static void main(String[] args) throws IOException {
        Path file = Path.of(args[1]);
        Signals greeting = new Signals();
        try (EventLoop loop = EventLoop.open();
                StreamServer server = StreamServer.builder().listen(loop, Here.address(args), connection -> {
                    connection.send(StandardCharsets.UTF_8.encode(greeting.text));
                    connection.closeWhenFlushed();
                    return (same, bytes) -> {};
                })) {
            loop.onSignal("HUP", () -> greeting.load(loop, file));
            loop.onSignal("USR1", () -> System.out.println(loop.dump()));
            loop.onSignal("INT", loop::stop);
            greeting.load(loop, file);
            System.out.println("listens on " + server.address().orElseThrow());
            loop.run();
        }
    }

    /** Reads on another thread, because a disk may be slow; the result is set on the loop. */
    private void load(EventLoop loop, Path file) {
        loop.offload(() -> Files.readString(file)).whenComplete((content, failure) -> {
            if (failure == null) {
                text = content;
            }
            System.out.println(failure == null ? "loaded " + file : failure.toString());
        });
    }
}
