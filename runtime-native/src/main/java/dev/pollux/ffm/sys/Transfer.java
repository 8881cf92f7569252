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
 * A function that moves bytes: {@code ssize_t f(int fd, void *buf, size_t count, ...)}. Where the bytes are is said by a
 * segment and an offset. If the segment is {@link MemorySegment#NULL}, the offset is an address, to keep it valid is the
 * caller's affair, and the call goes through {@linkplain Libc#SHAPE the shape that all share}. Any other segment is guarded
 * during the call, so that no one can free it, which takes a shape of its own.
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

    /** Never changes. */
    private CFunction absolute;

    /**
     * Takes the state of an {@link Errno}, the descriptor, a segment, an offset, a count, and what else the function takes.
     * Linked when it is needed first.
     */
    private @Nullable MethodHandle guarded;

    /**
     * Links a function.
     *
     * @param more what it takes after the count
     */
    Transfer(String name, MemoryLayout... more) {
        this.name = name;
        this.more = more;
        absolute = CFunction.of(name);
    }

    static boolean isAbsolute(MemorySegment base) {
        return base.address() == 0;
    }

    /** Makes the call with an address. Returns −1 if it failed. */
    long absolute(Errno errno, int fd, long address, long count, long further) {
        return absolute.longCall(errno, fd, address, count, further, 0, 0);
    }

    MethodHandle guarded() {
        MethodHandle present = guarded;
        if (present == null) {
            present = MethodHandles.collectArguments(Libc.call(name, guardedShape()), 2, SLICE);
            guarded = present;
        }
        return present;
    }

    private FunctionDescriptor guardedShape() {
        List<MemoryLayout> arguments = new ArrayList<>(List.of(JAVA_INT, ADDRESS, JAVA_LONG));
        arguments.addAll(List.of(more));
        return FunctionDescriptor.of(JAVA_LONG, arguments.toArray(MemoryLayout[]::new));
    }
}
