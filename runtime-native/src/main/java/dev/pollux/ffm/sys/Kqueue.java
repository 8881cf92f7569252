package dev.pollux.ffm.sys;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** kqueue(2), as macOS and the BSDs have it. What differs is in one method each, so that it can be tested elsewhere. */
public final class Kqueue {

    // int kqueue(void);
    private static final MethodHandle KQUEUE = Libc.call("kqueue", FunctionDescriptor.of(JAVA_INT));

    // int kevent(int kq, const struct kevent *changelist, int nchanges, struct kevent *eventlist, int nevents,
    //            const struct timespec *timeout);
    private static final FunctionDescriptor KEVENT_TYPE =
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, countOf(Abi.OS), ADDRESS, countOf(Abi.OS), ADDRESS);
    private static final MethodHandle KEVENT_CALL = withIntCounts(Libc.call(symbolOf(Abi.OS), KEVENT_TYPE), 3);
    private static final MethodHandle HOT_KEVENT =
            withIntCounts(Libc.callWithoutErrno(symbolOf(Abi.OS), KEVENT_TYPE), 2);

    public static final int EVFILT_READ = filterRead(Abi.OS);
    public static final int EVFILT_WRITE = filterWrite(Abi.OS);
    public static final int EVFILT_USER = filterUser(Abi.OS);

    public static final int EV_ADD = 0x0001; // sys/event.h, the same on every system
    public static final int EV_DELETE = 0x0002;
    public static final int EV_CLEAR = 0x0020;
    public static final int EV_RECEIPT = 0x0040;
    public static final int EV_ERROR = 0x4000;
    public static final int EV_EOF = 0x8000;

    public static final int NOTE_TRIGGER = 0x01000000; // sys/event.h, the same on every system

    /** {@code struct kevent} of this system. */
    public static final StructLayout KEVENT = layoutOf(Abi.OS);

    private static final VarHandle IDENT = field("ident");
    private static final VarHandle FILTER = field("filter");
    private static final VarHandle FLAGS = field("flags");
    private static final VarHandle FFLAGS = field("fflags");
    private static final VarHandle DATA = field("data");
    private static final VarHandle UDATA = field("udata");

    private Kqueue() {}

    /** sys/event.h. The fields of NetBSD are wider; those that FreeBSD 12 has added are of no use here. */
    static StructLayout layoutOf(String os) {
        return switch (os) {
            case "NetBSD" ->
                MemoryLayout.structLayout(
                        JAVA_LONG.withName("ident"),
                        JAVA_INT.withName("filter"),
                        JAVA_INT.withName("flags"),
                        JAVA_INT.withName("fflags"),
                        MemoryLayout.paddingLayout(4),
                        JAVA_LONG.withName("data"),
                        JAVA_LONG.withName("udata"));
            case "FreeBSD" ->
                MemoryLayout.structLayout(
                        JAVA_LONG.withName("ident"),
                        JAVA_SHORT.withName("filter"),
                        JAVA_SHORT.withName("flags"),
                        JAVA_INT.withName("fflags"),
                        JAVA_LONG.withName("data"),
                        JAVA_LONG.withName("udata"),
                        MemoryLayout.sequenceLayout(4, JAVA_LONG).withName("ext"));
            default ->
                MemoryLayout.structLayout(
                        JAVA_LONG.withName("ident"),
                        JAVA_SHORT.withName("filter"),
                        JAVA_SHORT.withName("flags"),
                        JAVA_INT.withName("fflags"),
                        JAVA_LONG.withName("data"),
                        JAVA_LONG.withName("udata"));
        };
    }

    /** {@code size_t} on NetBSD, {@code int} elsewhere. */
    static ValueLayout countOf(String os) {
        return os.equals("NetBSD") ? JAVA_LONG : JAVA_INT;
    }

    /**
     * NetBSD keeps the plain name for programs from before its {@code time_t} had 64 bits, and in release 11 this one for
     * those from before {@code struct kevent} had the fields that FreeBSD 12 has added.
     */
    static String symbolOf(String os) {
        return os.equals("NetBSD") ? "__kevent50" : "kevent";
    }

    static int filterRead(String os) {
        return os.equals("NetBSD") ? 0 : -1;
    }

    static int filterWrite(String os) {
        return os.equals("NetBSD") ? 1 : -2;
    }

    /** From NetBSD 10 and OpenBSD 7.8 on; before, the kernel refuses it. */
    static int filterUser(String os) {
        return switch (os) {
            case "FreeBSD" -> -11;
            case "NetBSD" -> 8;
            case "DragonFly" -> -9;
            default -> -10; // macOS, OpenBSD
        };
    }

    private static MethodHandle withIntCounts(MethodHandle call, int first) {
        return MethodHandles.explicitCastArguments(
                call, call.type().changeParameterType(first, int.class).changeParameterType(first + 2, int.class));
    }

    /** Not exact: {@code filter} and {@code flags} are wider on NetBSD. */
    private static VarHandle field(String name) {
        return KEVENT.arrayElementVarHandle(PathElement.groupElement(name));
    }

    public static int kqueue(Errno errno) {
        try {
            return errno.orNegated((int) KQUEUE.invokeExact(errno.state()));
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /**
     * Applies the changes, then returns the number of events, receipts among them. May block; no {@link Timespec} means no
     * limit.
     */
    public static int kevent(
            int kq,
            MemorySegment changes,
            int changeCount,
            MemorySegment events,
            int maxEvents,
            MemorySegment timeout,
            Errno errno) {
        try {
            return errno.orNegated(
                    (int) KEVENT_CALL.invokeExact(errno.state(), kq, changes, changeCount, events, maxEvents, timeout));
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /** Does the same; −1 if refused. */
    public static int kevent(
            int kq,
            MemorySegment changes,
            int changeCount,
            MemorySegment events,
            int maxEvents,
            MemorySegment timeout) {
        try {
            return (int) HOT_KEVENT.invokeExact(kq, changes, changeCount, events, maxEvents, timeout);
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /** Fills in the change at {@code index} in an array. */
    public static void set(
            MemorySegment changes, int index, int ident, int filter, int flags, int filterFlags, long userData) {
        IDENT.set(changes, 0L, (long) index, (long) ident);
        FILTER.set(changes, 0L, (long) index, (short) filter);
        FLAGS.set(changes, 0L, (long) index, (short) flags);
        FFLAGS.set(changes, 0L, (long) index, filterFlags);
        DATA.set(changes, 0L, (long) index, 0L);
        UDATA.set(changes, 0L, (long) index, userData);
    }

    public static long ident(MemorySegment events, int index) {
        return (long) IDENT.get(events, 0L, (long) index);
    }

    public static int filter(MemorySegment events, int index) {
        return (int) FILTER.get(events, 0L, (long) index);
    }

    public static int flags(MemorySegment events, int index) {
        return (int) FLAGS.get(events, 0L, (long) index) & 0xFFFF;
    }

    /** Returns the error number of a receipt, 0 if the change was made; of an event, how much there is. */
    public static long data(MemorySegment events, int index) {
        return (long) DATA.get(events, 0L, (long) index);
    }

    public static long userData(MemorySegment events, int index) {
        return (long) UDATA.get(events, 0L, (long) index);
    }
}
