package dev.pollux.benchmarks.peers;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** What the comparisons need of the machine. */
final class Tools {

    private Tools() {}

    /** Returns whether {@code program} is on the PATH. */
    static boolean find(String program) {
        String path = System.getenv("PATH");
        return path != null
                && Stream.of(path.split(File.pathSeparator, -1))
                        .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
    }

    /**
     * Returns what to put before a command so that it runs on {@code core} only.
     *
     * @param core negative for any
     * @throws IOException if that cannot be done here
     */
    static List<String> pinnedTo(int core) throws IOException {
        if (core < 0) {
            return List.of();
        }
        if (!find("taskset")) {
            throw new IOException("taskset is not on the PATH, and core " + core
                    + " is asked for; install it (util-linux) or run with --no-pinning");
        }
        return List.of("taskset", "-c", Integer.toString(core));
    }

    /** Runs {@code work} with a directory that is gone afterwards. */
    static <T> T inTemporaryDirectory(Work<T> work) throws Exception {
        Path directory = Files.createTempDirectory("pollux-benchmarks");
        try {
            return work.in(directory);
        } finally {
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    /** What to do in a directory. */
    @FunctionalInterface
    interface Work<T> {

        /** Does it. */
        T in(Path directory) throws Exception;
    }
}
