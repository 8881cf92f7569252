package dev.pollux;

/**
 * What a selector has counted since it was opened, and what it holds.
 *
 * @param registered registrations at present
 * @param waits calls of the backend's wait, blocking or not
 * @param events entries delivered to handlers
 * @param staleEvents events dropped because their registration was gone
 * @param wakeups wakeups that went as far as the backend; the others found nobody waiting and cost no system call
 * @param rebuilds times the kernel object was replaced by a fresh one of the same kind
 * @param swaps successful calls of {@link EventSelector#swap}
 */
public record SelectorMetrics(
        int registered, long waits, long events, long staleEvents, long wakeups, long rebuilds, long swaps) {}
