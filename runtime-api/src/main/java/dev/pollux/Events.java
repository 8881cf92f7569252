package dev.pollux;

import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * The event bits: what to watch for, how to report it, and what was seen.
 *
 * <p>An <em>interest</em> is any combination of {@link #READ}, {@link #WRITE} and {@link #PRIORITY}, with the modes
 * {@link #EDGE} and {@link #ONESHOT} added if wanted. What a select reports is a subset of the directions asked for,
 * plus {@link #ERROR}, {@link #HANGUP} and {@link #INVALID}, which cannot be asked for.
 *
 * <p>These are not the operations of {@link java.nio.channels.SelectionKey}. {@code OP_READ} happens to be {@link #READ};
 * the bits of the others stay free here, so that {@code OP_WRITE}, {@code OP_CONNECT} and {@code OP_ACCEPT} are unknown
 * bits and fail at once instead of meaning something else.
 */
public final class Events {

    /** Watch nothing: the key stays, the kernel is not asked, and nothing is reported, not even a hang-up. */
    public static final int NONE = 0;

    /** Data, an end of file or a connection to accept can be taken without blocking. */
    public static final int READ = 1;

    /** Data can be written, or a pending connect has finished. */
    public static final int WRITE = 1 << 1;

    /** Urgent data has arrived ({@code POLLPRI}, poll(2)). Needs {@link Capability#PRIORITY}. */
    public static final int PRIORITY = 1 << 5;

    /** Mode: report new readiness once instead of as long as it lasts. Needs {@link Capability#EDGE}. */
    public static final int EDGE = 1 << 6;

    /**
     * Mode: report each direction once; {@link EventSelector#modify modify} arms it again. A direction that has not
     * been reported stays armed.
     */
    public static final int ONESHOT = 1 << 7;

    /**
     * Reported only: the source is in an error state, and the next operation on it says which; or the kernel did not take the
     * last {@link EventSelector#modify modify}.
     */
    public static final int ERROR = 1 << 8;

    /** Reported only: the peer is gone in both directions. Data that arrived before can still be read. */
    public static final int HANGUP = 1 << 9;

    /** Reported only, and once: the descriptor is not open ({@code POLLNVAL}, poll(2)). Unregister it. */
    public static final int INVALID = 1 << 10;

    /** The bits that say what to watch for. */
    public static final int DIRECTIONS = READ | WRITE | PRIORITY;

    /** The bits that say how to report. */
    public static final int MODES = EDGE | ONESHOT;

    /** The bits that only a select sets. */
    public static final int REPORTED_ONLY = ERROR | HANGUP | INVALID;

    /** By bit; null where {@link java.nio.channels.SelectionKey} has an operation and this class keeps the bit free. */
    private static final @Nullable String[] NAMES = {
        "READ", "WRITE", null, null, null, "PRIORITY", "EDGE", "ONESHOT", "ERROR", "HANGUP", "INVALID"
    };

    private Events() {}

    /** Returns the bits by name, for instance {@code READ|EDGE}; unknown bits as a hexadecimal number. */
    public static String toString(int events) {
        if (events == NONE) {
            return "NONE";
        }
        StringJoiner names = new StringJoiner("|");
        int unknown = events;
        for (int bit = 0; bit < NAMES.length; bit++) {
            String name = NAMES[bit];
            if (name != null && (events & 1 << bit) != 0) {
                names.add(name);
                unknown &= ~(1 << bit);
            }
        }
        if (unknown != 0) {
            names.add("0x" + Integer.toHexString(unknown));
        }
        return names.toString();
    }
}
