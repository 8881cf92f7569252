package dev.pollux.frameworks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Loads an HTTP server with the program wrk. */
final class Wrk {

    private static final int BYTES = 10_000;
    private static final String SECONDS = "10";
    private static final long MOST_SECONDS = 60;
    private static final Pattern SUMMARY =
            Pattern.compile("requests (\\d+), wrong (\\d+), connect (\\d+), read (\\d+), write (\\d+), timeout (\\d+)");

    private Wrk() {}

    /** Writes the answer that {@link #load} expects to a file, and returns it. */
    static byte[] writeAnswer(Path file) throws IOException {
        byte[] answer = new byte[BYTES];
        new Random(1).nextBytes(answer);
        Files.write(file, answer);
        return answer;
    }

    /** Asks for {@code paths} in turn over 64 connections, for 10 s; each answer has to be what is in {@code answer}. */
    static void load(Run run, int port, Path answer, String... paths) throws Exception {
        Process process = start(port, answer, paths);
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(MOST_SECONDS, TimeUnit.SECONDS), "wrk does not end");
        assertEquals(0, process.exitValue(), output);
        Matcher summary = SUMMARY.matcher(output);
        assertTrue(summary.find(), output);
        long errors = 0;
        for (int i = 2; i <= summary.groupCount(); i++) {
            errors += Long.parseLong(summary.group(i));
        }
        run.answered(Long.parseLong(summary.group(1)));
        run.failed(errors, new IOException("wrk: " + summary.group()));
    }

    private static Process start(int port, Path answer, String... paths) throws URISyntaxException {
        Path script = Path.of(
                Objects.requireNonNull(Wrk.class.getResource("compare.lua")).toURI());
        List<String> command = new ArrayList<>(List.of("wrk", "-t", "2", "-c", "64", "-d", SECONDS, "--timeout", "10"));
        command.addAll(List.of("-s", script.toString(), "http://127.0.0.1:" + port));
        command.add("--");
        command.add(answer.toString());
        command.addAll(List.of(paths));
        try {
            return new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new AssertionError("wrk does not start; to install it: apt-get install wrk", e);
        }
    }
}
