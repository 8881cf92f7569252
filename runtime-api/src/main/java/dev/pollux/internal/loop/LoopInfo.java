package dev.pollux.internal.loop;

/** What a log line or a message says of a loop: which one it is, and what it runs on at present. */
final class LoopInfo {

    final String name;

    private volatile String backend;

    LoopInfo(String name, String backend) {
        this.name = name;
        this.backend = backend;
    }

    /** Returns the name of the present backend. Any thread. */
    String backend() {
        return backend;
    }

    void swapped(String to) {
        backend = to;
    }
}
