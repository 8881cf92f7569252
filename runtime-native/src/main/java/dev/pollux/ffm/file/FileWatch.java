package dev.pollux.ffm.file;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.pollux.ffm.sys.Errno;
import dev.pollux.ffm.sys.FileNames;
import dev.pollux.ffm.sys.Inotify;
import dev.pollux.ffm.sys.ReadWrite;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Is ready to read once something happened to a watched file or in a watched directory, inotify(7). Linux only.
 *
 * <p>One instance watches many paths. A directory is watched without those below it. Network file systems tell only what
 * this machine does. It is not inherited by programs that the process starts.
 *
 * <p><b>Thread:</b> one at a time, usually the loop thread; {@code close}, {@code fd} and {@code toString} any.
 */
public final class FileWatch extends NativeFile {

    /** It was read from. */
    public static final int ACCESS = Inotify.IN_ACCESS;

    /** It was written to, or cut. */
    public static final int MODIFY = Inotify.IN_MODIFY;

    /** Permissions, times, owner or the number of links changed. */
    public static final int ATTRIB = Inotify.IN_ATTRIB;

    /** Somebody who could write to it has closed it. */
    public static final int CLOSE_WRITE = Inotify.IN_CLOSE_WRITE;

    /** Somebody who could not write to it has closed it. */
    public static final int CLOSE_NOWRITE = Inotify.IN_CLOSE_NOWRITE;

    /** It was opened. */
    public static final int OPEN = Inotify.IN_OPEN;

    /** It was renamed and is gone from this directory. */
    public static final int MOVED_FROM = Inotify.IN_MOVED_FROM;

    /** It was renamed and has come to this directory. */
    public static final int MOVED_TO = Inotify.IN_MOVED_TO;

    /** It was created in this directory. */
    public static final int CREATE = Inotify.IN_CREATE;

    /** It was deleted from this directory. */
    public static final int DELETE = Inotify.IN_DELETE;

    /** The watched path itself was deleted. */
    public static final int DELETE_SELF = Inotify.IN_DELETE_SELF;

    /** The watched path itself was renamed. */
    public static final int MOVE_SELF = Inotify.IN_MOVE_SELF;

    /** Everything that can be watched for. */
    public static final int ALL = 0xFFF;

    /** Reported only: the file system was unmounted. */
    public static final int UNMOUNT = Inotify.IN_UNMOUNT;

    /** Reported only: events were lost, because nobody read; look at everything yourself. */
    public static final int OVERFLOW = Inotify.IN_Q_OVERFLOW;

    /** Reported only: the path is not watched any more, removed by you or because it is gone. */
    public static final int IGNORED = Inotify.IN_IGNORED;

    /** Reported only, with others: it is a directory. */
    public static final int IS_DIRECTORY = Inotify.IN_ISDIR;

    /** Many events per read; one with the longest name, of 255 bytes, takes 272. */
    private static final int ROOM_BYTES = 16 * 1024;

    private final Map<Path, Integer> watches = new HashMap<>();
    private final Map<Integer, Path> paths = new HashMap<>();

    private FileWatch(OpeningFile opening) {
        super(opening, "");
    }

    /**
     * What happened.
     *
     * @param watched the path as it was given to {@link #add}, or null for {@link #OVERFLOW}
     * @param name of the file in the watched directory; empty if it happened to the watched path itself
     * @param events the bits
     * @param cookie the same for both halves of a rename, {@link #MOVED_FROM} and {@link #MOVED_TO}; otherwise 0
     */
    public record Event(@Nullable Path watched, String name, int events, int cookie) {}

    /**
     * Opens one that watches nothing yet.
     *
     * @throws UnsupportedOperationException if this is not Linux
     * @throws IOException if the kernel refuses, for instance {@code EMFILE} because this user has too many instances
     */
    public static FileWatch open() throws IOException {
        OpeningFile.requireLinux("file watches", "java.nio.file.WatchService");
        try (OpeningFile opening = new OpeningFile(ROOM_BYTES)) {
            int flags = Inotify.IN_CLOEXEC | Inotify.IN_NONBLOCK;
            opening.opened("inotify_init1", Inotify.init1(flags, opening.errno()));
            return opening.finish(new FileWatch(opening));
        }
    }

    /**
     * Watches {@code path}; with other events than before, if it is watched already.
     *
     * @throws IllegalArgumentException if {@code events} is empty or has bits that are not in {@link #ALL}
     * @throws IOException if the kernel refuses, for instance {@code ENOENT}; names the path
     */
    public void add(Path path, int events) throws IOException {
        Objects.requireNonNull(path, "path");
        if (events == 0 || (events & ~ALL) != 0) {
            throw new IllegalArgumentException("events 0x" + Integer.toHexString(events)
                    + " cannot be watched for; use a combination of those in FileWatch.ALL");
        }
        int fd = begin();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocateFrom(path.toString(), FileNames.CHARSET);
            int watch = check("inotify_add_watch(" + path + ")", Inotify.addWatch(fd, name, events, errno()));
            watches.put(path, watch);
            paths.put(watch, path);
        } finally {
            end();
        }
    }

    /**
     * Stops watching {@code path}. What has happened already may still be reported, and then {@link #IGNORED}.
     *
     * @return false if it was not watched, or is gone
     */
    public boolean remove(Path path) throws IOException {
        int fd = begin();
        try {
            Integer watch = watches.remove(path);
            if (watch == null) {
                return false;
            }
            int result = Inotify.removeWatch(fd, watch, errno());
            if (result == -Errno.EINVAL) {
                // The path is gone, and that has not been read yet.
                return false;
            }
            check("inotify_rm_watch(" + path + ")", result);
            return true;
        } finally {
            end();
        }
    }

    /** Returns what happened since the last time, in order; an empty list if nothing did. May leave some for the next. */
    public List<Event> read() throws IOException {
        int fd = begin();
        try {
            int bytes = ReadWrite.read(fd, room(), 0, ROOM_BYTES, errno());
            if (bytes < 0) {
                nothingIf(bytes, "read");
                return List.of();
            }
            List<Event> events = new ArrayList<>();
            for (long at = 0; at < bytes; at += Inotify.EVENT.byteSize() + Inotify.nameBytes(room(), at)) {
                events.add(event(at));
            }
            return events;
        } finally {
            end();
        }
    }

    private Event event(long at) {
        int watch = Inotify.watch(room(), at);
        int mask = Inotify.mask(room(), at);
        Path path = (mask & IGNORED) != 0 ? paths.remove(watch) : paths.get(watch);
        if ((mask & IGNORED) != 0 && path != null) {
            watches.remove(path, watch);
        }
        return new Event(path, name(at), mask, Inotify.cookie(room(), at));
    }

    private String name(long at) {
        MemorySegment padded = room().asSlice(at + Inotify.EVENT.byteSize(), Inotify.nameBytes(room(), at));
        byte[] bytes = padded.toArray(JAVA_BYTE);
        int length = 0;
        while (length < bytes.length && bytes[length] != 0) {
            length++;
        }
        return new String(bytes, 0, length, FileNames.CHARSET);
    }
}
