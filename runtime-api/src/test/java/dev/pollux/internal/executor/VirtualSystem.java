package dev.pollux.internal.executor;

import java.util.concurrent.atomic.AtomicLong;

/** What {@link VirtualTimeClasses} calls in the place of {@link System}: the same, except for the time. */
public final class VirtualSystem {

    /** The time of all executors that have this clock. */
    static final AtomicLong TIME = new AtomicLong();

    private VirtualSystem() {}

    public static long nanoTime() {
        return TIME.get();
    }

    public static void arraycopy(Object from, int fromIndex, Object to, int toIndex, int length) {
        System.arraycopy(from, fromIndex, to, toIndex, length);
    }

    /** Asked by Java 17. */
    @SuppressWarnings("removal")
    public static SecurityManager getSecurityManager() {
        return null;
    }
}
