package dev.pollux.benchmarks.peers;

/** So many timers, and what is done with each of them. */
record TimerLoad(TimerWork work, int timers) implements MeteredEntrant.Load {

    @Override
    public int first() {
        return work.number();
    }

    @Override
    public int second() {
        return timers;
    }

    @Override
    public String toString() {
        return work + " " + timers;
    }
}
