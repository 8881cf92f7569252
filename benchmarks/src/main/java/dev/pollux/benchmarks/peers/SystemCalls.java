package dev.pollux.benchmarks.peers;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Counts the system calls of a server's loop thread with strace(1); other threads of a JVM have calls of their own. */
final class SystemCalls {

    private SystemCalls() {}

    /** Work during which they are counted. */
    @FunctionalInterface
    interface Work {

        /** Does it, and returns how much that was. */
        long count() throws IOException, InterruptedException;
    }

    /** Returns how many there are, in the thread that {@code program} is measured by, per unit of {@code work}. */
    static double each(Child program, Work work, Path directory) throws IOException, InterruptedException {
        String thread = loopThread(program.pid());
        Path summary = Files.createTempFile(directory, "calls", "");
        Process strace = new ProcessBuilder("strace", "-c", "-o", summary.toString(), "-p", thread)
                .redirectErrorStream(true)
                .start();
        try (BufferedReader said = strace.inputReader()) {
            String attached = said.readLine();
            if (attached == null || !attached.contains("attached")) {
                throw new IOException("strace cannot attach to thread " + thread + ": " + attached);
            }
            long count = work.count();
            strace.destroy();
            if (!strace.waitFor(10, TimeUnit.SECONDS)) {
                throw new IOException("strace does not leave thread " + thread + " alone");
            }
            return (double) total(Files.readAllLines(summary)) / count;
        } finally {
            strace.destroyForcibly();
        }
    }

    private static String loopThread(long pid) throws IOException {
        try (Stream<Path> tasks = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
            for (Path task : tasks.toList()) {
                if (Files.readString(task.resolve("comm")).startsWith(Answers.LOOP_THREAD)) {
                    return task.getFileName().toString();
                }
            }
        }
        throw new IOException("process " + pid + " has no thread named " + Answers.LOOP_THREAD);
    }

    /** Reads the last line of the summary: per cent, seconds, microseconds per call, calls, perhaps errors, "total". */
    private static long total(List<String> summary) throws IOException {
        for (String line : summary) {
            String[] words = line.strip().split("\\s+", -1);
            if (words[words.length - 1].equals("total")) {
                return Long.parseLong(words[3]);
            }
        }
        throw new IOException("strace gave no total: " + summary);
    }
}
