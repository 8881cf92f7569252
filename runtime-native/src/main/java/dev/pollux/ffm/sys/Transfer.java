package dev.pollux.ffm.sys;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A function that moves bytes: {@code ssize_t f(int fd, void *buf, size_t count, ...)}, in two shapes. Where the bytes are is
 * said by a segment and an offset. The segment is guarded during the call, so that no one can free it, unless it is
 * {@link MemorySegment#NULL}: then the offset is an address, and to keep it valid is the caller's affair.
 *
 * <p>The handles are no constants to the compiler, which therefore compiles what is behind them apart from the callers. There
 * it always does without the slices that the call takes, one for {@code errno} by the JVM and one for the offset. Inlined in
 * a caller, it depends on how deep in other calls that one is, and each slice then left costs 40 bytes.
 */
final class Transfer {

    private static final MethodHandle SLICE;

    static {
        try {
            SLICE = MethodHandles.publicLookup()
                    .findVirtual(
                            MemorySegment.class, "asSlice", MethodType.methodType(MemorySegment.class, long.class));
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final String name;
    private final MemoryLayout[] more;

    /** Takes the state of an {@link Errno}, the descriptor, an address, a count, and what else the function takes. Never changes. */
    MethodHandle absolute;

    /** Takes a segment and an offset in place of the address; linked when it is needed first. */
    private @Nullable MethodHandle guarded;

    /**
     * Links a function.
     *
     * @param more what it takes after the count
     */
    Transfer(String name, MemoryLayout... more) {
        this.name = name;
        this.more = more;
        absolute = Libc.call(name, type(JAVA_LONG));
    }

    static boolean isAbsolute(MemorySegment base) {
        return base.address() == 0;
    }

    MethodHandle guarded() {
        MethodHandle present = guarded;
        if (present == null) {
            present = MethodHandles.collectArguments(Libc.call(name, type(ADDRESS)), 2, SLICE);
            guarded = present;
        }
        return present;
    }

    private FunctionDescriptor type(MemoryLayout buffer) {
        List<MemoryLayout> arguments = new ArrayList<>(List.of(JAVA_INT, buffer, JAVA_LONG));
        arguments.addAll(List.of(more));
        return FunctionDescriptor.of(JAVA_LONG, arguments.toArray(MemoryLayout[]::new));
    }
}
