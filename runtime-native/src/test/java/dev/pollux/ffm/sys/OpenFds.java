package dev.pollux.ffm.sys;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The descriptors that this process has open, by number, with what they are, from proc(5). */
public final class OpenFds {

    private OpenFds() {}

    /** Returns the epoll and eventfd descriptors. The JVM opens files as it likes, but none of these. */
    public static Map<Integer, String> ofEvents() {
        return of("[eventpoll]", "[eventfd]");
    }

    /** Returns what backends may have opened: also pipes, of which the JVM opens none by itself. */
    public static Map<Integer, String> ofBackends() {
        return of("[eventpoll]", "[eventfd]", "pipe:");
    }

    private static Map<Integer, String> of(String... kinds) {
        Map<Integer, String> open = new TreeMap<>();
        try (Stream<Path> links = Files.list(Path.of("/proc/self/fd"))) {
            links.forEach(link -> {
                String what = target(link);
                if (Stream.of(kinds).anyMatch(what::contains)) {
                    open.put(Integer.valueOf(link.getFileName().toString()), what);
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return open;
    }

    /** Returns the event descriptors that were opened since {@code before}. */
    public static Map<Integer, String> ofEventsSince(Map<Integer, String> before) {
        Map<Integer, String> opened = ofEvents();
        opened.keySet().removeAll(before.keySet());
        return opened;
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException closedMeanwhile) {
            return "";
        }
    }
}
