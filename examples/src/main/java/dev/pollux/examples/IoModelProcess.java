package dev.pollux.examples;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * An {@link IoModelServer} from outside: a process of its own, so that what it uses is its own. It is ended when its time is
 * over, which makes every step that waits for it fail instead of hang.
 */
final class IoModelProcess implements AutoCloseable {

    /** A heap that is the same for all, and a young part that is soon touched to its end. */
    private static final List<String> OPTIONS = List.of(
            "-XX:+UseSerialGC",
            "-Xms64m",
            "-Xmx256m",
            "-Xmn8m",
            "--enable-native-access=ALL-UNNAMED",
            "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED");

    private final Process process;
    private final BufferedReader answers;
    private final CompletableFuture<Void> timeout;
    private final String firstLine;

    /** Starts the server, which runs for {@code limit} at most. */
    IoModelProcess(IoModel model, Duration limit) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(OPTIONS);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), IoModelServer.class.getName()));
        command.add(model.name());
        process = new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
        timeout = CompletableFuture.runAsync(
                process::destroyForcibly, CompletableFuture.delayedExecutor(limit.toNanos(), TimeUnit.NANOSECONDS));
        answers = process.inputReader(StandardCharsets.UTF_8);
        try {
            firstLine = answer();
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    /** Returns why the model cannot run here; empty if it does. */
    Optional<String> missing() {
        return firstLine.startsWith(IoModelServer.MISSING)
                ? Optional.of(firstLine.substring(IoModelServer.MISSING.length()))
                : Optional.empty();
    }

    InetSocketAddress address() {
        return new InetSocketAddress(
                InetAddress.getLoopbackAddress(), Integer.parseInt(firstLine.substring(IoModelServer.PORT.length())));
    }

    /** Returns what the server has used until now. */
    Usage usage() throws IOException {
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
        return Usage.parse(answer());
    }

    private String answer() throws IOException {
        String line = answers.readLine();
        if (line == null) {
            throw new IOException("the server has ended early");
        }
        return line;
    }

    @Override
    public void close() {
        timeout.cancel(false);
        process.destroyForcibly();
        process.onExit().join();
    }
}
