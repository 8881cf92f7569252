package dev.pollux.benchmarks.peers;

/** So many sources, some of which are ready. */
record DispatchLoad(int registered, int ready) implements MeteredEntrant.Load {

    @Override
    public int first() {
        return registered;
    }

    @Override
    public int second() {
        return ready;
    }

    @Override
    public String toString() {
        return ready + " of " + registered;
    }
}
