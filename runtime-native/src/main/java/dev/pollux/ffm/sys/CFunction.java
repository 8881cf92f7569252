package dev.pollux.ffm.sys;

import java.lang.invoke.MethodHandle;

/**
 * A function of the C library that sets {@code errno}, called by its name through {@linkplain Libc#SHAPE one shape}.
 *
 * <p>Addresses must be those of memory that no one can free meanwhile: the JVM does not know that they are any.
 *
 * @param handle takes {@link Errno#state()}, then seven numbers
 */
record CFunction(MethodHandle handle) {

    /**
     * Links a function. It must not be a variadic one, except on Linux, where those find their arguments in the same places.
     *
     * @throws java.util.NoSuchElementException if the C library has no such function
     */
    static CFunction of(String name) {
        return new CFunction(Libc.call(name, Libc.SHAPE));
    }

    /** Makes the call, of a function that returns an {@code int} or a size. Returns the negated error number if it failed. */
    int call(Errno errno, long a, long b, long c, long d, long e, long f) {
        return errno.orNegated((int) longCall(errno, a, b, c, d, e, f));
    }

    /** As {@link #call(Errno, long, long, long, long, long, long)}, with as many arguments as the function takes. */
    int call(Errno errno, long a) {
        return call(errno, a, 0, 0, 0, 0, 0);
    }

    /** As {@link #call(Errno, long, long, long, long, long, long)}, with as many arguments as the function takes. */
    int call(Errno errno, long a, long b) {
        return call(errno, a, b, 0, 0, 0, 0);
    }

    /** As {@link #call(Errno, long, long, long, long, long, long)}, with as many arguments as the function takes. */
    int call(Errno errno, long a, long b, long c) {
        return call(errno, a, b, c, 0, 0, 0);
    }

    /** As {@link #call(Errno, long, long, long, long, long, long)}, with as many arguments as the function takes. */
    int call(Errno errno, long a, long b, long c, long d) {
        return call(errno, a, b, c, d, 0, 0);
    }

    /** As {@link #call(Errno, long, long, long, long, long, long)}, with as many arguments as the function takes. */
    int call(Errno errno, long a, long b, long c, long d, long e) {
        return call(errno, a, b, c, d, e, 0);
    }

    /** Makes the call and returns what it returned, of which only the low half counts if that is an {@code int}. */
    long longCall(Errno errno, long a, long b, long c, long d, long e, long f) {
        try {
            return (long) handle.invokeExact(errno.state(), a, b, c, d, e, f, 0L);
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }
}
