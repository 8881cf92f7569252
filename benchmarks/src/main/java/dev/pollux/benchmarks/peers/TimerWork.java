package dev.pollux.benchmarks.peers;

/** What is done with timers, by the names of the JMH benchmark's methods. */
enum TimerWork {
    SCHEDULE(0, "schedule"),
    CANCEL(1, "cancel"),
    FIRE(2, "run");

    private final int number;
    private final String description;

    TimerWork(int number, String description) {
        this.number = number;
        this.description = description;
    }

    int number() {
        return number;
    }

    @Override
    public String toString() {
        return description;
    }
}
