package dev.pollux.ffm.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;

/** fcntl(2). */
public final class Fcntl {

    // int fcntl(int fd, int op, ... /* arg */ );
    private static final Syscall GET = Syscall.of("fcntl", 72, 25);

    /** Apart, because it is a call shape of its own: what stands for the dots macOS passes in memory. */
    private static final class WithArgument {

        static final MethodHandle SET =
                Libc.variadic("fcntl", 2, FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    }

    public static final int F_GETFD = 1; // asm-generic/fcntl.h; sys/fcntl.h of macOS, the same
    public static final int F_SETFD = 2;
    public static final int F_SETFL = 4;

    public static final int FD_CLOEXEC = 1; // asm-generic/fcntl.h; sys/fcntl.h of macOS, the same

    public static final int O_NONBLOCK = nonBlockOf(Abi.OS);

    private Fcntl() {}

    /** asm-generic/fcntl.h of Linux; sys/fcntl.h of the others. On SunOS 0x04 is {@code O_NDELAY}, which is not the same. */
    static int nonBlockOf(String os) {
        return switch (os) {
            case "Linux" -> 0x800;
            case "SunOS" -> 0x80;
            default -> 0x4; // macOS and the BSDs
        };
    }

    /** For operations without an argument. */
    public static int fcntl(int fd, int op, Errno errno) {
        return GET.call(errno, fd, op, 0, 0, 0, 0);
    }

    /** For operations that take a number. */
    public static int fcntl(int fd, int op, int arg, Errno errno) {
        try {
            return errno.orNegated((int) WithArgument.SET.invokeExact(errno.state(), fd, op, arg));
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }
}
