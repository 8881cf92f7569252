package dev.pollux;

/** What not every backend can do. What needs one fails cleanly on a backend without it. */
public enum Capability {

    /** Watches {@link java.nio.channels.SelectableChannel}s. Native backends need a JVM flag for their descriptors. */
    JAVA_CHANNELS,

    /** Watches descriptors: {@link Fd}, {@link HasFd}. */
    DESCRIPTORS,

    /** Watches regular files, directories and {@code /dev/null}, which are ready at once. */
    REGULAR_FILES,

    /** Honours {@link Events#EDGE}. */
    EDGE,

    /** Honours {@link Events#PRIORITY}. */
    PRIORITY,

    /** Reports {@link Events#HANGUP} and {@link Events#ERROR} besides plain readiness. */
    HANGUP,

    /** Waits for fractions of a millisecond instead of rounding up to the next one. */
    NANOSECOND_TIMEOUTS,

    /** The cost of a select grows with what is ready, not with what is registered. */
    CONSTANT_TIME,

    /** The selector has a descriptor of its own, which another selector or a foreign loop can watch. */
    POLLABLE,

    /** The kernel does whole operations. Without it, Pollux does them when the source is ready, or on another thread. */
    OPERATIONS
}
