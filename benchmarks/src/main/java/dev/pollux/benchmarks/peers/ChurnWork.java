package dev.pollux.benchmarks.peers;

/** What a cycle of changes is. */
enum ChurnWork {
    /** Register, modify and unregister, then one wait. */
    CYCLE(0, "register, modify, unregister, one wait"),
    /** Register, modify and unregister, with a wait after each. */
    CYCLE_OF_WAITS(1, "register, modify, unregister, a wait after each"),
    /** From reading to writing and back, then one wait. */
    TOGGLE(2, "to writing and back, one wait");

    private final int number;
    private final String description;

    ChurnWork(int number, String description) {
        this.number = number;
        this.description = description;
    }

    /** Returns the work that the programs know by {@code number}. */
    static ChurnWork of(int number) {
        for (ChurnWork work : values()) {
            if (work.number == number) {
                return work;
            }
        }
        throw new IllegalArgumentException("no work " + number);
    }

    int number() {
        return number;
    }

    @Override
    public String toString() {
        return description;
    }
}
