package dev.pollux.benchmarks.peers;

/** What is done with tasks that one thread gives to another. */
enum TaskWork implements MeteredEntrant.Load {
    /** A hundred thousand are given as fast as it goes, and the last one is waited for. */
    ONE_WAY(0, "one way"),
    /** Each is waited for by spinning. */
    ROUND_TRIP_SPINNING(1, "round trip, spinning"),
    /** Each is waited for by parking. */
    ROUND_TRIP_PARKED(2, "round trip, parked");

    private final int number;
    private final String description;

    TaskWork(int number, String description) {
        this.number = number;
        this.description = description;
    }

    @Override
    public int first() {
        return number;
    }

    @Override
    public int second() {
        return 0;
    }

    @Override
    public String toString() {
        return description;
    }
}
