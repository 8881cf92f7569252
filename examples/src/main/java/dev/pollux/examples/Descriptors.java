package dev.pollux.examples;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * How many descriptors this process has open, by kind, for instance {@code socket} or {@code anon_inode:[eventpoll]}.
 *
 * <p>Where the kinds are known, files are left out: the JVM opens one whenever it first needs a class from a jar.
 */
record Descriptors(Map<String, Integer> byKind) {

    private static final Path OWN = Path.of("/proc/self/fd");

    Descriptors {
        byKind = Map.copyOf(byKind);
    }

    /** Counts those that are open now; none where this JVM does not count them. */
    static Descriptors open() throws IOException {
        Map<String, Integer> kinds = new TreeMap<>();
        if (Files.isDirectory(OWN)) {
            try (DirectoryStream<Path> links = Files.newDirectoryStream(OWN)) {
                for (Path link : links) {
                    count(link, kinds);
                }
            }
        } else if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix) {
            kinds.put("any", (int) unix.getOpenFileDescriptorCount());
        }
        return new Descriptors(kinds);
    }

    private static void count(Path link, Map<String, Integer> kinds) throws IOException {
        try {
            // socket:[4711], pipe:[4712], anon_inode:[eventpoll], /lib/libc.so
            String target = Files.readSymbolicLink(link).toString();
            if (!target.startsWith("/")) {
                kinds.merge(target.replaceFirst(":\\[\\d+]$", ""), 1, Integer::sum);
            }
        } catch (NoSuchFileException closedMeanwhile) {
            // What is not open any more does not count.
        }
    }

    int total() {
        return byKind.values().stream().mapToInt(Integer::intValue).sum();
    }
}
