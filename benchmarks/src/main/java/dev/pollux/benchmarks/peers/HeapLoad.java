package dev.pollux.benchmarks.peers;

/** So many idle registrations. */
record HeapLoad(int registrations) implements MeteredEntrant.Load {

    @Override
    public int first() {
        return registrations;
    }

    @Override
    public int second() {
        return 0;
    }

    @Override
    public String toString() {
        return registrations + " idle";
    }
}
