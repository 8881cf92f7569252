package dev.pollux.frameworks.engine;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Counts what a process has open. */
public final class Descriptors {

    private Descriptors() {}

    /**
     * Returns how many sockets, pipes and kernel objects. What is left out are files, most of them jars.
     *
     * @param process its number, or {@code self}
     */
    public static long of(String process) throws IOException {
        long count = 0;
        try (DirectoryStream<Path> links = Files.newDirectoryStream(Path.of("/proc", process, "fd"))) {
            for (Path link : links) {
                try {
                    if (!Files.readSymbolicLink(link).isAbsolute()) {
                        count++;
                    }
                } catch (NoSuchFileException e) {
                    // Closed since.
                }
            }
        }
        return count;
    }
}
