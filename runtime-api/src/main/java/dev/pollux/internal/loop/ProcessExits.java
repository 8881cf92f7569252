package dev.pollux.internal.loop;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Futures for processes that end. The JDK keeps a few hundred bytes for each time it is asked, until the process ends, so
 * it is asked once for a process, however many wait or have given up.
 *
 * <p><b>Thread:</b> any.
 */
final class ProcessExits {

    private final Offloads.WayBack wayBack;
    private final Map<Process, Set<CompletableFuture<Process>>> waiting = new ConcurrentHashMap<>();

    ProcessExits(Offloads.WayBack wayBack) {
        this.wayBack = wayBack;
    }

    void await(Process process, CompletableFuture<Process> exited) {
        Set<CompletableFuture<Process>> fresh = ConcurrentHashMap.newKeySet();
        Set<CompletableFuture<Process>> present = waiting.putIfAbsent(process, fresh);
        Set<CompletableFuture<Process>> futures = present == null ? fresh : present;
        futures.add(exited);
        exited.whenComplete((same, error) -> futures.remove(exited));
        if (present == null) {
            process.onExit().thenRun(() -> ended(process));
        } else if (!process.isAlive()) {
            // The others may have been served between the look-up and the addition.
            complete(process, exited);
        }
    }

    private void ended(Process process) {
        Set<CompletableFuture<Process>> futures = waiting.remove(process);
        if (futures != null) {
            futures.forEach(exited -> complete(process, exited));
        }
    }

    private void complete(Process process, CompletableFuture<Process> exited) {
        wayBack.later(exited, () -> exited.complete(process));
    }

    /** Forgets all processes: the loop has ended, and its futures with it. */
    void clear() {
        waiting.clear();
    }
}
