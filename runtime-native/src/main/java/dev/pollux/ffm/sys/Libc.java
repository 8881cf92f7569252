package dev.pollux.ffm.sys;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/**
 * Links functions of the C library, and only of that: there is no library path and nothing to unpack. Every native call
 * comes from here.
 *
 * <p>{@code Linker.Option.critical} is never used: during such a call no garbage collection can begin, and most calls
 * here may block.
 */
final class Libc {

    private static final Linker LINKER = Linker.nativeLinker();
    private static final SymbolLookup SYSTEM = LINKER.defaultLookup();

    /**
     * The call shape that functions share wherever they can, because each shape costs milliseconds when it is first linked:
     * seven whole numbers or addresses in, one out. A function leaves alone those that it does not expect: they are in
     * registers, six on x86-64 and eight on AArch64, and the caller takes the others from the stack again. An {@code int}
     * comes with its sign extended, and of a result that is one, only the low half counts. See
     * {@code docs/decisions/0025-one-call-shape-on-linux.md}.
     */
    static final FunctionDescriptor SHAPE = FunctionDescriptor.of(
            JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);

    /** Where functions are found that are linked from now on; tests put those of other systems in front. */
    static volatile SymbolLookup symbols = SYSTEM;

    /** Stands between every call that is linked from now on and its caller, to inject faults; absent outside tests. */
    static volatile @Nullable Interceptor interceptor;

    private Libc() {}

    /**
     * Links a function that sets {@code errno}. The handle takes {@link Errno#state()} before the function's arguments.
     *
     * @throws IllegalCallerException if the JVM denies native access to this module
     * @throws java.util.NoSuchElementException if the C library has no such function
     */
    static MethodHandle call(String name, FunctionDescriptor type) {
        return intercepted(name, type, Errno.capture());
    }

    /**
     * Links a variadic function as {@link #call} does. Where the variable part begins matters even if nothing is passed
     * in it: on some processors it is passed in another way.
     *
     * @param firstVariadicArg the index of the first argument that stands for {@code ...}
     */
    static MethodHandle variadic(String name, int firstVariadicArg, FunctionDescriptor type) {
        return intercepted(name, type, Errno.capture(), Linker.Option.firstVariadicArg(firstVariadicArg));
    }

    /**
     * Links a function of which only success or failure matters, or its hot path. To capture {@code errno} the JVM makes
     * a slice of the memory for it in every call, which allocates unless the compiler can do without.
     */
    static MethodHandle callWithoutErrno(String name, FunctionDescriptor type) {
        return intercepted(name, type);
    }

    /** Links a variadic function as {@link #callWithoutErrno} does. */
    static MethodHandle variadicWithoutErrno(String name, int firstVariadicArg, FunctionDescriptor type) {
        return intercepted(name, type, Linker.Option.firstVariadicArg(firstVariadicArg));
    }

    private static MethodHandle intercepted(String name, FunctionDescriptor type, Linker.Option... options) {
        return intercepted(name, link(name, type, options));
    }

    /** Returns what stands between the function {@code name} and its caller: in most runs, the function itself. */
    static MethodHandle intercepted(String name, MethodHandle handle) {
        Interceptor present = interceptor;
        return present == null ? handle : present.intercept(name, handle);
    }

    /** Returns whether another function stands in for the one of the C library. */
    static boolean isReplaced(String name) {
        SymbolLookup present = symbols;
        return present != SYSTEM && !present.find(name).equals(SYSTEM.find(name));
    }

    /** Links a function that nothing stands in front of, see {@link #intercepted(String, MethodHandle)}. */
    @SuppressWarnings("restricted") // The one place that needs --enable-native-access.
    static MethodHandle link(String name, FunctionDescriptor type, Linker.Option... options) {
        return LINKER.downcallHandle(symbols.findOrThrow(name), type, options);
    }

    /** Passes on what a call threw instead of being made: a programming error, since C throws nothing. */
    static Error unexpected(Throwable thrown) {
        if (thrown instanceof RuntimeException e) {
            throw e;
        }
        if (thrown instanceof Error e) {
            throw e;
        }
        throw new AssertionError(thrown);
    }

    /** Replaces what is linked. */
    @FunctionalInterface
    interface Interceptor {

        /** Returns what is to be called instead of {@code handle}, of the same type. */
        MethodHandle intercept(String name, MethodHandle handle);
    }
}
