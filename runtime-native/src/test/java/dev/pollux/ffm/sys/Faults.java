package dev.pollux.ffm.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Stands in front of every native call while it is open: records the calls, and lets one be refused without reaching
 * the kernel, which only close(2) still does, cut short, held up or answered with nothing.
 */
public final class Faults implements AutoCloseable {

    private static final long ERRNO_OFFSET =
            Linker.Option.captureStateLayout().byteOffset(PathElement.groupElement("errno"));

    private static final long ERRNO_SIZE = Linker.Option.captureStateLayout().byteSize();

    private static volatile @Nullable Faults active;

    private final @Nullable String refused;
    private final int nth;
    private final Fault fault;
    private final List<String> calls = Collections.synchronizedList(new ArrayList<>());
    private boolean struck;

    /** By thread: its last call, if that failed and did not say why, and whether it was refused here. */
    private final Map<Thread, Failure> unexplained = new ConcurrentHashMap<>();

    private record Failure(String name, List<Object> arguments, boolean refused) {}

    /** What happens to a call. */
    @FunctionalInterface
    private interface Fault {

        Object make(MethodHandle real, Object[] arguments) throws Throwable;
    }

    private Faults(@Nullable String refused, int nth, Fault fault) {
        this.refused = refused;
        this.nth = nth;
        this.fault = fault;
        active = this;
    }

    static void install() {
        Libc.interceptor = Faults::intercept;
    }

    /** Only records. */
    public static Faults recording() {
        return new Faults(null, 0, MethodHandle::invokeWithArguments);
    }

    /** Refuses the {@code nth} call of a name from now on, counted from 1, with {@code errno}. */
    public static Faults refusing(String call, int nth, int errno) {
        return new Faults(call, nth, refusal(errno));
    }

    /** Refuses every call of a name from now on with {@code errno}. */
    public static Faults refusingAll(String call, int errno) {
        return new Faults(call, 0, refusal(errno));
    }

    /** Refuses the {@code nth} call from now on, whatever it is, counted from 1, or all for 0, with {@code errno}. */
    public static Faults refusingAny(int nth, int errno) {
        return new Faults("", nth, refusal(errno));
    }

    /** Cuts the size, the third argument after the memory for errno, of every call of a name from now on: a short count. */
    public static Faults shortening(String call, long most) {
        return new Faults(call, 0, (real, arguments) -> {
            arguments[3] = Math.min((long) arguments[3], most);
            return real.invokeWithArguments(arguments);
        });
    }

    /** Holds every call of a name up from now on, before it reaches the kernel. */
    public static Faults delaying(String call, Duration delay) {
        return new Faults(call, 0, (real, arguments) -> {
            LockSupport.parkNanos(delay.toNanos());
            return real.invokeWithArguments(arguments);
        });
    }

    /** Answers the {@code nth} call of a name from now on with 0, without reaching the kernel: a wait that ends early. */
    public static Faults spurious(String call, int nth) {
        return new Faults(call, nth, (real, arguments) -> answer(real, 0));
    }

    private static Fault refusal(int errno) {
        return (real, arguments) -> {
            // A call without errno may begin with memory of its own, which a refusal leaves as it is.
            if (arguments[0] instanceof MemorySegment state && state.byteSize() == ERRNO_SIZE) {
                state.set(JAVA_INT, ERRNO_OFFSET, errno);
            }
            return answer(real, -1);
        };
    }

    private static Object answer(MethodHandle real, int result) {
        if (real.type().returnType() == long.class) {
            return (long) result;
        }
        return result;
    }

    /** Returns the names of the calls so far. */
    public List<String> calls() {
        return List.copyOf(calls);
    }

    /** Returns whether a call was refused. */
    public boolean struck() {
        return struck;
    }

    @Override
    public void close() {
        active = null;
    }

    private static MethodHandle intercept(String name, MethodHandle real) {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            MethodHandle isActive = lookup.findStatic(Faults.class, "isActive", MethodType.methodType(boolean.class));
            MethodHandle call = lookup.findStatic(
                    Faults.class,
                    "call",
                    MethodType.methodType(Object.class, String.class, MethodHandle.class, Object[].class));
            MethodHandle faulty = MethodHandles.insertArguments(call, 0, name, real)
                    .asCollector(Object[].class, real.type().parameterCount())
                    .asType(real.type());
            return MethodHandles.guardWithTest(isActive, faulty, real);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(name, e);
        }
    }

    static boolean isActive() {
        return active != null;
    }

    static Object call(String name, MethodHandle real, Object[] arguments) throws Throwable {
        Faults faults = active;
        if (faults == null) {
            return real.invokeWithArguments(arguments);
        }
        Failure failure = faults.explained(name, arguments);
        boolean refused = failure == null ? faults.refuses(name) : failure.refused;
        if (refused && name.equals("close")) {
            // Linux closes the descriptor whatever it answers, close(2).
            real.invokeWithArguments(arguments);
        }
        Object result = refused ? faults.fault.make(real, arguments) : real.invokeWithArguments(arguments);
        if (failure == null && result instanceof Number number && number.intValue() == -1) {
            faults.unexplained.put(Thread.currentThread(), new Failure(name, List.of(arguments), refused));
        }
        return result;
    }

    /**
     * Returns the call that this one repeats only to learn why it failed, so that both count as one: the same numbers, after
     * memory for the error number.
     */
    private @Nullable Failure explained(String name, Object[] arguments) {
        Failure last = unexplained.remove(Thread.currentThread());
        boolean repeats = last != null
                && last.arguments.stream().allMatch(Long.class::isInstance)
                && last.name.equals(name)
                && last.arguments.size() == arguments.length - 1
                && last.arguments.equals(Arrays.asList(arguments).subList(1, arguments.length));
        return repeats ? last : null;
    }

    private boolean refuses(String name) {
        synchronized (calls) {
            calls.add(name);
            if (refused == null || (!refused.isEmpty() && !refused.equals(name))) {
                return false;
            }
            long count = refused.isEmpty()
                    ? calls.size()
                    : calls.stream().filter(name::equals).count();
            boolean now = nth == 0 || count == nth;
            struck |= now;
            return now;
        }
    }
}
