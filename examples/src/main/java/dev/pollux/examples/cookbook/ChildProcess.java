package dev.pollux.examples.cookbook;

import dev.pollux.Events;
import dev.pollux.ffm.file.NativePipe;
import dev.pollux.loop.EventLoop;
import dev.pollux.stream.LineFraming;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Runs a command, the arguments, and prints its output by lines and its exit code: both come on the loop. Linux. */
public final class ChildProcess {

    private ChildProcess() {}

    /** Runs until the command ends. */
    public static void main(String[] args) throws IOException {
        try (EventLoop loop = EventLoop.open()) {
            run(loop, List.of(args), System.out::println).whenComplete((code, failure) -> {
                System.out.println(failure == null ? "exit code " + code : failure.toString());
                loop.stop();
            });
            loop.run();
        }
    }

    /** Returns the exit code, once the output has ended too. */
    static CompletableFuture<Integer> run(EventLoop loop, List<String> command, Consumer<String> line)
            throws IOException {
        NativePipe pipe = NativePipe.open();
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(new File("/dev/fd/" + pipe.writer().fd()))
                    .start();
            pipe.writer().close(); // the process has its own: when it ends, so does the output
            return read(loop, pipe.reader(), line)
                    .thenCombine(loop.onExit(process), (end, exited) -> exited.exitValue());
        } catch (IOException e) {
            pipe.close();
            throw e;
        }
    }

    private static CompletableFuture<Void> read(EventLoop loop, NativePipe.Reader output, Consumer<String> line)
            throws IOException {
        CompletableFuture<Void> ended = new CompletableFuture<>();
        ByteBuffer buffer = ByteBuffer.allocateDirect(16 * 1024);
        LineFraming lines = new LineFraming(
                1 << 20,
                bytes -> line.accept(StandardCharsets.UTF_8.decode(bytes).toString()));
        loop.register(output, Events.READ, (registration, ready) -> {
            try {
                if (output.read(buffer.clear()) >= 0) {
                    lines.add(buffer.flip());
                    return;
                }
                lines.end();
                ended.complete(null);
            } catch (IOException | RuntimeException e) {
                ended.completeExceptionally(e);
            }
            registration.cancel();
            output.close();
        });
        return ended;
    }
}
