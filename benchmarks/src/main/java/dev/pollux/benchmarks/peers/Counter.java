package dev.pollux.benchmarks.peers;

/** How often something has been done. One thread, so that counting costs next to nothing. */
final class Counter {

    private long count;

    void increment() {
        count++;
    }

    long count() {
        return count;
    }
}
