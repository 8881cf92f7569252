package dev.pollux.ffm.internal;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the kernel may use after the call that named it has returned. It stays reachable until it is released, also if its
 * backend does not: memory that is collected would be written to.
 *
 * <p><b>Thread:</b> any.
 */
final class KernelMemory {

    private static final Set<Object> HELD = ConcurrentHashMap.newKeySet();

    private KernelMemory() {}

    static void hold(Object owner) {
        HELD.add(owner);
    }

    static void release(Object owner) {
        HELD.remove(owner);
    }
}
