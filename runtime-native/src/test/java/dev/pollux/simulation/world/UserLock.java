package dev.pollux.simulation.world;

import dev.pollux.simulation.Simulation;

/** A lock of the user's, who may hold it in calls that never wait, and take it again in what the loop runs. */
final class UserLock {

    private final Simulation simulation;
    private final boolean used;
    private Thread holder;
    private int holds;

    UserLock(Simulation simulation, boolean used) {
        this.simulation = simulation;
        this.used = used;
    }

    void lock() {
        if (used) {
            Thread me = Thread.currentThread();
            simulation.await(() -> holder == null || holder == me);
            holder = me;
            holds++;
        }
    }

    void unlock() {
        if (used && --holds == 0) {
            holder = null;
        }
    }
}
