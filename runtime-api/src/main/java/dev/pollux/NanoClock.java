package dev.pollux;

/** A clock for deadlines: monotonic, of any origin, so only differences mean something. */
@FunctionalInterface
public interface NanoClock {

    /** Returns the time in nanoseconds. Compare two readings by subtraction: the count may wrap. */
    long nanoTime();

    /** Returns {@link System#nanoTime}. */
    static NanoClock system() {
        return System::nanoTime;
    }
}
