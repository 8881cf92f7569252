package dev.pollux.tck.source;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Memory of an arena, which can be freed while a buffer is reachable. By reflection, because Java 17 has none. */
public final class ArenaMemory implements AutoCloseable {

    private static final int FIRST_JAVA = 22;

    private final Object arena;

    private ArenaMemory(Object arena) {
        this.arena = arena;
    }

    /** Returns whether this Java has arenas. */
    public static boolean exists() {
        return Runtime.version().feature() >= FIRST_JAVA;
    }

    /** Opens an arena for all threads. */
    public static ArenaMemory open() {
        return new ArenaMemory(call(Foreign.OF_SHARED, null));
    }

    /** Returns {@code bytes} of it. */
    public ByteBuffer allocate(int bytes) {
        return (ByteBuffer) call(Foreign.AS_BYTE_BUFFER, call(Foreign.ALLOCATE, arena, (long) bytes));
    }

    /** Returns whether the memory of {@code buffer} may be freed while that is reachable. */
    public static boolean isOf(ByteBuffer buffer) {
        return exists() && lifetime(buffer) == Shared.LIFETIME;
    }

    private static Class<?> lifetime(ByteBuffer buffer) {
        return call(Foreign.SCOPE, call(Foreign.OF_BUFFER, null, buffer)).getClass();
    }

    /** Frees it. */
    @Override
    public void close() {
        call(Foreign.CLOSE, arena);
    }

    @SuppressWarnings("NullAway") // Only what returns nothing returns null.
    private static Object call(Method method, @Nullable Object on, Object... arguments) {
        try {
            return method.invoke(on, arguments);
        } catch (InvocationTargetException e) {
            throw new IllegalStateException(method.toString(), e.getCause());
        } catch (IllegalAccessException e) {
            throw new LinkageError(method.toString(), e);
        }
    }

    /** Of java.lang.foreign. */
    private static final class Foreign {

        static final Method OF_SHARED = method("Arena", "ofShared");
        static final Method ALLOCATE = method("SegmentAllocator", "allocate", long.class);
        static final Method CLOSE = method("Arena", "close");
        static final Method AS_BYTE_BUFFER = method("MemorySegment", "asByteBuffer");
        static final Method OF_BUFFER = method("MemorySegment", "ofBuffer", Buffer.class);
        static final Method SCOPE = method("MemorySegment", "scope");

        private static Method method(String type, String name, Class<?>... parameters) {
            try {
                return Class.forName("java.lang.foreign." + type).getMethod(name, parameters);
            } catch (ReflectiveOperationException e) {
                throw new LinkageError(type + "." + name, e);
            }
        }
    }

    private static final class Shared {

        static final Class<?> LIFETIME;

        static {
            try (ArenaMemory memory = open()) {
                LIFETIME = lifetime(memory.allocate(1));
            }
        }
    }
}
