package dev.pollux.ffm.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;

/** inotify(7). */
public final class Inotify {

    // int inotify_init1(int flags);
    private static final CFunction INIT1 = CFunction.of("inotify_init1");

    // int inotify_add_watch(int fd, const char *pathname, uint32_t mask);
    private static final CFunction ADD_WATCH = CFunction.of("inotify_add_watch");

    // int inotify_rm_watch(int fd, int wd);
    private static final CFunction RM_WATCH = CFunction.of("inotify_rm_watch");

    public static final int IN_NONBLOCK = 0x800; // bits/inotify.h: O_NONBLOCK
    public static final int IN_CLOEXEC = 0x80000; // bits/inotify.h: O_CLOEXEC

    public static final int IN_ACCESS = 0x1; // linux/inotify.h
    public static final int IN_MODIFY = 0x2;
    public static final int IN_ATTRIB = 0x4;
    public static final int IN_CLOSE_WRITE = 0x8;
    public static final int IN_CLOSE_NOWRITE = 0x10;
    public static final int IN_OPEN = 0x20;
    public static final int IN_MOVED_FROM = 0x40;
    public static final int IN_MOVED_TO = 0x80;
    public static final int IN_CREATE = 0x100;
    public static final int IN_DELETE = 0x200;
    public static final int IN_DELETE_SELF = 0x400;
    public static final int IN_MOVE_SELF = 0x800;
    public static final int IN_UNMOUNT = 0x2000;
    public static final int IN_Q_OVERFLOW = 0x4000;
    public static final int IN_IGNORED = 0x8000;
    public static final int IN_MASK_ADD = 0x2000_0000;
    public static final int IN_ISDIR = 0x4000_0000;

    /** {@code struct inotify_event}; {@code len} bytes of name follow, ended by at least one NUL unless there are none. */
    public static final StructLayout EVENT = MemoryLayout.structLayout(
            JAVA_INT.withName("wd"), JAVA_INT.withName("mask"), JAVA_INT.withName("cookie"), JAVA_INT.withName("len"));

    private static final VarHandle WD = field("wd");
    private static final VarHandle MASK = field("mask");
    private static final VarHandle COOKIE = field("cookie");
    private static final VarHandle LEN = field("len");

    private Inotify() {}

    private static VarHandle field(String name) {
        return EVENT.varHandle(PathElement.groupElement(name)).withInvokeExactBehavior();
    }

    public static int init1(int flags, Errno errno) {
        return INIT1.call(errno, flags);
    }

    /** Returns the number of the watch, the same one if there is one already for the file. */
    public static int addWatch(int fd, MemorySegment path, int mask, Errno errno) {
        return ADD_WATCH.call(errno, fd, path.address(), mask);
    }

    public static int removeWatch(int fd, int watch, Errno errno) {
        return RM_WATCH.call(errno, fd, watch);
    }

    public static int watch(MemorySegment events, long at) {
        return (int) WD.get(events, at);
    }

    public static int mask(MemorySegment events, long at) {
        return (int) MASK.get(events, at);
    }

    public static int cookie(MemorySegment events, long at) {
        return (int) COOKIE.get(events, at);
    }

    public static int nameBytes(MemorySegment events, long at) {
        return (int) LEN.get(events, at);
    }
}
