package dev.pollux.benchmarks.peers;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A program that runs until its standard input ends, and answers each line of it with one line. Its errors go where those
 * of this process go.
 *
 * <p><b>Thread:</b> one at a time.
 */
final class Child implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** The same for every Java program; the last one gives Netty the memory access that it is tuned for. */
    private static final List<String> JVM_OPTIONS = List.of(
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "--enable-native-access=ALL-UNNAMED",
            "--add-exports",
            "java.base/sun.nio.ch=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Dslf4j.internal.verbosity=ERROR");

    private final String command;
    private final Process process;
    private final Writer input;

    /** The lines of its standard output, and an empty one at their end. */
    private final BlockingQueue<Optional<String>> answers = new LinkedBlockingQueue<>();

    private Child(List<String> command) throws IOException {
        this.command = shortened(command);
        this.process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        this.input = process.outputWriter();
        Thread.ofVirtual().start(this::collect);
    }

    /** Returns what is said of it: without the options of a JVM, and its class path. */
    private static String shortened(List<String> command) {
        int classPath = command.indexOf("-cp");
        return String.join(" ", classPath < 0 ? command : command.subList(classPath + 2, command.size()));
    }

    /** Starts {@code command} on {@code core}, or on any if that is negative. */
    static Child start(int core, List<String> command) throws IOException {
        List<String> pinned = new ArrayList<>(Tools.pinnedTo(core));
        pinned.addAll(command);
        return new Child(pinned);
    }

    /** Returns the command that runs {@code main} in another JVM like this one, with this one's class path. */
    static List<String> java(Class<?> main, String... arguments) {
        return java(List.of(), main, arguments);
    }

    /** Returns the same with {@code options} of the JVM, which override its own. */
    static List<String> java(List<String> options, Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(javaProgram());
        command.addAll(JVM_OPTIONS);
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    /** Returns the program that runs this JVM. */
    static String javaProgram() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private void collect() {
        try (BufferedReader reader = process.inputReader()) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                answers.add(Optional.of(line));
            }
        } catch (IOException e) {
            // The process has been ended, which is what the empty answer means.
        }
        answers.add(Optional.empty());
    }

    /** Returns what it says first, or next. */
    String answer() throws IOException, InterruptedException {
        return answer(PATIENCE);
    }

    private String answer(Duration patience) throws IOException, InterruptedException {
        Optional<String> answer = answers.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
        if (answer == null) {
            throw new IOException(command + " did not answer for " + patience.toSeconds() + " s");
        }
        if (answer.isEmpty()) {
            throw new IOException(command + " ended with exit code " + process.waitFor()
                    + " instead of answering; its errors are above");
        }
        return answer.get();
    }

    /** Returns what it answers to {@code question}, which may take {@code duration} and a little more. */
    String ask(String question, Duration duration) throws IOException, InterruptedException {
        input.write(question + "\n");
        input.flush();
        return answer(PATIENCE.plus(duration));
    }

    /** Returns the numbers that it answers. */
    long[] askNumbers(String question, Duration duration) throws IOException, InterruptedException {
        String answer = ask(question, duration);
        try {
            return Stream.of(answer.split(" ", -1)).mapToLong(Long::parseLong).toArray();
        } catch (NumberFormatException e) {
            throw new IOException(
                    command + " answered \"" + question + "\" with something else than numbers: " + answer, e);
        }
    }

    long pid() {
        return process.pid();
    }

    /** Lets the program end, and ends it if it does not. */
    @Override
    public void close() {
        try {
            input.close();
        } catch (IOException e) {
            // It has ended already, and what it was asked last is of no interest any more.
        }
        try {
            if (process.waitFor(5, TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
    }
}
