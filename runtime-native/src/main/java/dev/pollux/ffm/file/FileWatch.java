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
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Is ready to read once something happened to a watched file or in a watched directory, inotify(7). Linux only.
 *
 * <p>One instance watches many paths. A directory is watched without those below it. Network file systems report only what
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

    /** It was closed by one who could write to it. */
    public static final int CLOSE_WRITE = Inotify.IN_CLOSE_WRITE;

    /** It was closed by one who could not write to it. */
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

    /** Reported only: events were lost, because they were not read in time; look at everything yourself. */
    public static final int OVERFLOW = Inotify.IN_Q_OVERFLOW;

    /** Reported only: the path is not watched any more, removed by you or because it is gone. */
    public static final int IGNORED = Inotify.IN_IGNORED;

    /** Reported only, with others: it is a directory. */
    public static final int IS_DIRECTORY = Inotify.IN_ISDIR;

    /** Many events per read; one with the longest name, of 255 bytes, takes 272. */
    private static final int ROOM_BYTES = 16 * 1024;

    private final WatchedPaths paths = new WatchedPaths();

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
     * @throws IOException if a system call fails, for instance with {@code EMFILE} because this user has too many instances
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
     * Watches {@code path}; with other events than before, if it is watched already. A watch is for the file that the path
     * names now: after a rotation add the path again, and the old file is watched no more. Several paths may name one file;
     * each gets what it asks for.
     *
     * @throws IllegalArgumentException if {@code events} is empty or has bits that are not in {@link #ALL}
     * @throws IOException if a system call fails, for instance with {@code ENOENT}; names the path
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
            // Adds to what other names of the file ask for, of which the kernel alone knows that it is the same.
            int watch = addWatch(fd, path, name, events | Inotify.IN_MASK_ADD);
            if (paths.asksForLess(path, watch, events)) {
                watch = addWatch(fd, path, name, events);
            }
            OptionalInt before = paths.put(path, watch, events);
            if (before.isPresent()) {
                removeWatch(fd, path, before.getAsInt());
            }
        } finally {
            end();
        }
    }

    private int addWatch(int fd, Path path, MemorySegment name, int mask) throws IOException {
        return check("inotify_add_watch(" + path + ")", Inotify.addWatch(fd, name, mask, errno()));
    }

    /** Returns false if the file is gone, and that has not been read yet. */
    private boolean removeWatch(int fd, Path path, int watch) throws IOException {
        int result = Inotify.removeWatch(fd, watch, errno());
        if (result == -Errno.EINVAL) {
            return false;
        }
        check("inotify_rm_watch(" + path + ")", result);
        return true;
    }

    /**
     * Stops watching {@code path}. What has happened already may still be reported, and then {@link #IGNORED}; nothing more
     * if another path names the same file and is watched.
     *
     * @return false if it was not watched, or is gone
     */
    public boolean remove(Path path) throws IOException {
        int fd = begin();
        try {
            boolean known = paths.contains(path);
            OptionalInt watch = paths.remove(path);
            return watch.isPresent() ? removeWatch(fd, path, watch.getAsInt()) : known;
        } finally {
            end();
        }
    }

    /** Returns what happened since the last time, in order; an empty list if nothing did. May leave some for the next. */
    public List<Event> read() throws IOException {
        int fd = begin();
        try {
            int bytes = ReadWrite.read(fd, MemorySegment.NULL, room().address(), ROOM_BYTES, errno());
            if (bytes < 0) {
                nothingIf(bytes, "read");
                return List.of();
            }
            List<Event> events = new ArrayList<>();
            for (long at = 0; at < bytes; at += Inotify.EVENT.byteSize() + Inotify.nameBytes(room(), at)) {
                addEvents(at, events);
            }
            return events;
        } finally {
            end();
        }
    }

    private void addEvents(long at, List<Event> events) {
        int watch = Inotify.watch(room(), at);
        int mask = Inotify.mask(room(), at);
        int cookie = Inotify.cookie(room(), at);
        String name = name(at);
        if ((mask & OVERFLOW) != 0) {
            events.add(new Event(null, name, mask, cookie));
        } else if ((mask & IGNORED) != 0) {
            paths.dropped(watch, (path, wanted) -> events.add(new Event(path, name, mask, cookie)));
        } else {
            paths.forEach(watch, (path, wanted) -> {
                if ((mask & (wanted | UNMOUNT)) != 0) {
                    events.add(new Event(path, name, mask, cookie));
                }
            });
        }
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
