package dev.pollux.benchmarks.peers;

/** So many idle sources, and what is done with another one. */
record ChurnLoad(int idle, ChurnWork work) implements MeteredEntrant.Load {

    @Override
    public int first() {
        return idle;
    }

    @Override
    public int second() {
        return work.number();
    }

    @Override
    public String toString() {
        return work + ", " + idle + " idle";
    }
}
