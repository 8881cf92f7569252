package dev.pollux.ffm.file;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.BiConsumer;

/**
 * Which paths the kernel's watches are for. A watch belongs to a file, inotify(7): two names of one file share it, and a
 * path that names another file by now needs another one.
 */
final class WatchedPaths {

    /** One watch of the kernel, with what each of its paths asks for. */
    private static final class Watch {

        final int number;
        final Map<Path, Integer> events = new LinkedHashMap<>();

        Watch(int number) {
            this.number = number;
        }
    }

    private final Map<Path, Watch> byPath = new HashMap<>();

    /** Also those that the kernel has dropped, until that was read. */
    private final Map<Integer, Watch> byNumber = new HashMap<>();

    /** Returns whether {@code path} alone has this watch, and asks for something that is not in {@code events}. */
    boolean asksForLess(Path path, int number, int events) {
        Watch watch = byPath.get(path);
        if (watch == null || watch.number != number || watch.events.size() > 1) {
            return false;
        }
        return (watch.events.getOrDefault(path, 0) & ~events) != 0;
    }

    /**
     * Notes that {@code path} has a watch.
     *
     * @return the number of the one that it had before, if that is of no more use
     */
    OptionalInt put(Path path, int number, int events) {
        Watch watch = byNumber.computeIfAbsent(number, Watch::new);
        watch.events.put(path, events);
        Watch before = byPath.put(path, watch);
        return before == null || before == watch ? OptionalInt.empty() : leave(before, path);
    }

    boolean contains(Path path) {
        return byPath.containsKey(path);
    }

    /** Returns the number of the watch of {@code path}, which is to be removed, unless another path shares it. */
    OptionalInt remove(Path path) {
        Watch watch = byPath.remove(path);
        return watch == null ? OptionalInt.empty() : leave(watch, path);
    }

    /** The last path stays, for what has happened already. */
    private static OptionalInt leave(Watch watch, Path path) {
        if (watch.events.size() == 1) {
            return OptionalInt.of(watch.number);
        }
        watch.events.remove(path);
        return OptionalInt.empty();
    }

    /** Hands each path of a watch and what it asks for to {@code action}. */
    void forEach(int number, BiConsumer<Path, Integer> action) {
        Watch watch = byNumber.get(number);
        if (watch != null) {
            watch.events.forEach(action);
        }
    }

    /** Forgets a watch that the kernel has dropped, and hands those of its paths that have no other one to {@code action}. */
    void dropped(int number, BiConsumer<Path, Integer> action) {
        Watch watch = byNumber.remove(number);
        if (watch != null) {
            watch.events.forEach((path, events) -> {
                byPath.remove(path, watch);
                if (!byPath.containsKey(path)) {
                    action.accept(path, events);
                }
            });
        }
    }
}
