package dev.pollux.benchmarks.peers;

/**
 * What is compared, as named on the command line: {@code jdk}, or {@code pollux-loop@poll} for a backend other than epoll.
 *
 * @param kind which program
 * @param backend what Pollux is to use; of no meaning to the others
 */
record Contestant(String kind, String backend) {

    /** The C program, which the others are compared with. */
    static final String REFERENCE = "c";

    static Contestant parse(String name) {
        int at = name.indexOf('@');
        return at < 0 ? new Contestant(name, "epoll") : new Contestant(name.substring(0, at), name.substring(at + 1));
    }
}
