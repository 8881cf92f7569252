package dev.pollux.ffm.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * The error number of a failed call. Each owner has its own, and hands it to every call explicitly: the JVM itself
 * makes calls on the same thread and overwrites C's {@code errno}, so it must be saved together with the call.
 *
 * <p>The constants and names are those of this system; above 34, systems differ.
 */
public final class Errno {

    /** What {@link Linker.Option#captureStateLayout} is everywhere but on Windows: one {@code int}. */
    private static final int STATE_BYTES = Integer.BYTES;

    /** Apart, because in most runs nothing captures it at the start. */
    private static final class Capture {

        static final Linker.Option OPTION = Linker.Option.captureCallState("errno");
    }

    /** By number, from 1 on; {@code -} where there is none. asm-generic/errno-base.h, the same on every system but 11. */
    private static final String COMMON = "EPERM ENOENT ESRCH EINTR EIO ENXIO E2BIG ENOEXEC EBADF ECHILD EAGAIN ENOMEM "
            + "EACCES EFAULT ENOTBLK EBUSY EEXIST EXDEV ENODEV ENOTDIR EISDIR EINVAL ENFILE EMFILE ENOTTY ETXTBSY "
            + "EFBIG ENOSPC ESPIPE EROFS EMLINK EPIPE EDOM ERANGE ";

    /** asm-generic/errno.h, from 35 on. */
    private static final String LINUX = "EDEADLK ENAMETOOLONG ENOLCK ENOSYS ENOTEMPTY ELOOP - ENOMSG EIDRM ECHRNG "
            + "EL2NSYNC EL3HLT EL3RST ELNRNG EUNATCH ENOCSI EL2HLT EBADE EBADR EXFULL ENOANO EBADRQC EBADSLT - EBFONT "
            + "ENOSTR ENODATA ETIME ENOSR ENONET ENOPKG EREMOTE ENOLINK EADV ESRMNT ECOMM EPROTO EMULTIHOP EDOTDOT "
            + "EBADMSG EOVERFLOW ENOTUNIQ EBADFD EREMCHG ELIBACC ELIBBAD ELIBSCN ELIBMAX ELIBEXEC EILSEQ ERESTART "
            + "ESTRPIPE EUSERS ENOTSOCK EDESTADDRREQ EMSGSIZE EPROTOTYPE ENOPROTOOPT EPROTONOSUPPORT ESOCKTNOSUPPORT "
            + "EOPNOTSUPP EPFNOSUPPORT EAFNOSUPPORT EADDRINUSE EADDRNOTAVAIL ENETDOWN ENETUNREACH ENETRESET "
            + "ECONNABORTED ECONNRESET ENOBUFS EISCONN ENOTCONN ESHUTDOWN ETOOMANYREFS ETIMEDOUT ECONNREFUSED "
            + "EHOSTDOWN EHOSTUNREACH EALREADY EINPROGRESS ESTALE EUCLEAN ENOTNAM ENAVAIL EISNAM EREMOTEIO EDQUOT "
            + "ENOMEDIUM EMEDIUMTYPE ECANCELED ENOKEY EKEYEXPIRED EKEYREVOKED EKEYREJECTED EOWNERDEAD ENOTRECOVERABLE "
            + "ERFKILL EHWPOISON";

    /** sys/errno.h of macOS and the BSDs, from 35 on, as far as they agree. */
    private static final String BSD = "EAGAIN EINPROGRESS EALREADY ENOTSOCK EDESTADDRREQ EMSGSIZE EPROTOTYPE "
            + "ENOPROTOOPT EPROTONOSUPPORT ESOCKTNOSUPPORT EOPNOTSUPP EPFNOSUPPORT EAFNOSUPPORT EADDRINUSE "
            + "EADDRNOTAVAIL ENETDOWN ENETUNREACH ENETRESET ECONNABORTED ECONNRESET ENOBUFS EISCONN ENOTCONN ESHUTDOWN "
            + "ETOOMANYREFS ETIMEDOUT ECONNREFUSED ELOOP ENAMETOOLONG EHOSTDOWN EHOSTUNREACH ENOTEMPTY EPROCLIM EUSERS "
            + "EDQUOT ESTALE EREMOTE EBADRPC ERPCMISMATCH EPROGUNAVAIL EPROGMISMATCH EPROCUNAVAIL ENOLCK ENOSYS";

    /** sys/errno.h of macOS, from 79 on. There 45 is {@code ENOTSUP}, a number of its own. */
    private static final String MACOS =
            " EFTYPE EAUTH ENEEDAUTH EPWROFF EDEVERR EOVERFLOW EBADEXEC EBADARCH ESHLIBVERS "
                    + "EBADMACHO ECANCELED EIDRM ENOMSG EILSEQ ENOATTR EBADMSG EMULTIHOP ENODATA ENOLINK ENOSR ENOSTR EPROTO "
                    + "ETIME EOPNOTSUPP ENOPOLICY ENOTRECOVERABLE EOWNERDEAD EQFULL";

    private static final List<String> NAMES = names(Abi.OS);

    public static final int EPERM = number("EPERM");
    public static final int ENOENT = number("ENOENT");
    public static final int EINTR = number("EINTR");
    public static final int EBADF = number("EBADF");
    public static final int EAGAIN = number("EAGAIN");
    public static final int ENOMEM = number("ENOMEM");
    public static final int EEXIST = number("EEXIST");
    public static final int EINVAL = number("EINVAL");
    public static final int ENFILE = number("ENFILE");
    public static final int EMFILE = number("EMFILE");
    public static final int ENOSPC = number("ENOSPC");
    public static final int ELOOP = number("ELOOP");
    public static final int EPIPE = number("EPIPE");
    public static final int EBUSY = number("EBUSY");
    public static final int ENOBUFS = number("ENOBUFS");
    public static final int ECANCELED = number("ECANCELED");
    public static final int ENOSYS = number("ENOSYS");
    public static final int EOPNOTSUPP = number("EOPNOTSUPP");

    // No lambda: the first one costs the start of a process a millisecond.
    private static final ThreadLocal<Errno> OF_THREAD = new ThreadLocal<>() {
        @Override
        protected Errno initialValue() {
            return new Errno(Arena.ofAuto());
        }
    };

    private final MemorySegment state;

    /** Makes one that lives as long as {@code memory}. */
    public Errno(SegmentAllocator memory) {
        state = memory.allocate(STATE_BYTES, STATE_BYTES);
    }

    /**
     * Returns the one of the calling thread, which no other thread uses. A virtual thread has none: it would cost more than
     * the call.
     */
    public static Errno ofThread() {
        return OF_THREAD.get();
    }

    /** Returns the error number's name, for instance {@code EBADF}. */
    public static String name(int errno) {
        String name = errno > 0 && errno <= NAMES.size() ? NAMES.get(errno - 1) : "-";
        return name.equals("-") ? "errno " + errno : name;
    }

    /** Returns this system's number for a name, or −1 if it has none that is known here. */
    static int number(String name) {
        int index = NAMES.indexOf(name);
        return index < 0 ? -1 : index + 1;
    }

    static List<String> names(String os) {
        String common = Abi.isBsd(os) ? COMMON.replace("EAGAIN", "EDEADLK") : COMMON;
        String others = "";
        if (os.equals("Linux")) {
            others = LINUX;
        } else if (Abi.isMacos(os)) {
            others = BSD.replace("EOPNOTSUPP", "ENOTSUP") + MACOS;
        } else if (Abi.isBsd(os)) {
            others = BSD;
        }
        return List.of((common + others).split(" "));
    }

    /** Returns what lets a call put the number into {@link #state}. */
    static Linker.Option capture() {
        return Capture.OPTION;
    }

    MemorySegment state() {
        return state;
    }

    /** Returns {@code result}, or the negated error number if that says that the call failed. */
    int orNegated(int result) {
        // Only a failed call sets the number: after a success it is an old one.
        return result >= 0 ? result : -state.get(ValueLayout.JAVA_INT, 0);
    }
}
