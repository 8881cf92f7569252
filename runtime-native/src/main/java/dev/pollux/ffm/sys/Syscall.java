package dev.pollux.ffm.sys;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;

/**
 * A function of the Linux kernel, called by its number through syscall(2): six numbers or addresses in, one out. All of
 * them share {@linkplain Libc#SHAPE one shape}, and none passes through what the C library does around a call that may block.
 *
 * <p>On a processor whose numbers are not known here, it is the C library's function of that name.
 *
 * <p>Addresses must be those of memory that no one can free meanwhile: the JVM does not know that they are any.
 *
 * @param function its name in the C library
 * @param number its number, or −1 if it is called by name
 * @param handle takes the number, then six arguments
 */
record Syscall(String function, long number, MethodHandle handle) {

    // long syscall(long number, ...);
    // Linked as if it had seven parameters: whole numbers go in the same registers in both cases on Linux. On x86-64 a
    // variadic call also says in al how many vector registers it uses; glibc's function does not look at it, and musl's
    // may save those registers in vain. The option for variadic functions would add milliseconds to the start.
    private static final class Plain {

        static final MethodHandle SYSCALL = Libc.link("syscall", Libc.SHAPE);
    }

    /** Apart, because it is another shape, and nothing fails in most runs. */
    private static final class Capturing {

        static final MethodHandle SYSCALL = Libc.link("syscall", Libc.SHAPE, Errno.capture());
    }

    /**
     * Returns a function.
     *
     * @param onX86 its number on x86-64, asm/unistd_64.h
     * @param onOthers its number on AArch64, asm-generic/unistd.h; if both are the same, so it is on every processor
     * @throws java.util.NoSuchElementException if it has no number here and the C library has no such function
     */
    static Syscall of(String function, int onX86, int onOthers) {
        int number = numberHere(onX86, onOthers);
        if (number < 0 || Libc.isReplaced(function)) {
            return new Syscall(function, -1, numbered(Libc.callWithoutErrno(function, Libc.SHAPE), 0));
        }
        return new Syscall(function, number, Libc.intercepted(function, Plain.SYSCALL));
    }

    /** Returns a handle that takes a number at {@code position} and ignores it, and six arguments. */
    private static MethodHandle numbered(MethodHandle named, int position) {
        return MethodHandles.dropArguments(
                MethodHandles.insertArguments(named, position + 6, 0L), position, long.class);
    }

    private static int numberHere(int onX86, int onOthers) {
        if (!Abi.LINUX) {
            return -1;
        }
        if (Abi.X86_64) {
            return onX86;
        }
        return Abi.AARCH64 || onX86 == onOthers ? onOthers : -1;
    }

    /** Makes the call. Returns −1 if it failed; if the function returns an {@code int}, only the low half counts. */
    long call(long a, long b, long c, long d, long e, long f) {
        try {
            return (long) handle.invokeExact(number, a, b, c, d, e, f);
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /**
     * Makes the call, and if it failed once more, to learn why: what failed has changed nothing. Not for calls that wait.
     * Returns the negated error number if the second one failed too.
     */
    int call(Errno errno, long a, long b, long c, long d, long e, long f) {
        int result = (int) call(a, b, c, d, e, f);
        return result >= 0 ? result : errno.orNegated((int) repeat(errno, a, b, c, d, e, f));
    }

    /** Makes a call that has failed once more. Returns −1 if it failed again, and has put the error number into {@code errno}. */
    long repeat(Errno errno, long a, long b, long c, long d, long e, long f) {
        MethodHandle capturing = Libc.intercepted(
                function,
                number >= 0 ? Capturing.SYSCALL : numbered(Libc.link(function, Libc.SHAPE, Errno.capture()), 1));
        try {
            return (long) capturing.invokeExact(errno.state(), number, a, b, c, d, e, f);
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }
}
