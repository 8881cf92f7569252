package dev.pollux.internal.selector;

import dev.pollux.SelectorKey;
import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that waits end at once with nothing to report, over and over: the kernel object is broken, or reports something
 * that no one asked for. First a fresh one is tried. If that does not help, the source that is reported most is no
 * longer watched; and if it is none in particular, the selector fails rather than spin.
 *
 * <p>Signals end waits early too, but not faster than one in {@link #SPINNING_NANOS}.
 *
 * <p><b>Thread:</b> the one that selects.
 */
final class SpinGuard {

    /** What the selector is to do. */
    enum Remedy {
        WAIT_AGAIN,
        REBUILD,
        ISOLATE
    }

    /** Apart, because in most runs there is nothing to report, and a logger takes its time to start. */
    private static final class Log {

        static final Logger LOG = LoggerFactory.getLogger(SpinGuard.class);
    }

    private static final int PREMATURE_LIMIT = 256;
    private static final long SPINNING_NANOS = Duration.ofNanos(20_000).toNanos();
    private static final int REBUILD_LIMIT = 3;

    /** After this long without a rebuild, the next one is the first again. */
    private static final long FORGIVEN_NANOS = Duration.ofSeconds(1).toNanos();

    private int premature;
    private long sinceNanos;
    private int rebuilds;
    private long rebuiltNanos;

    /** Rebuilds because of stale events, without a wait in between that went well. */
    private int staleInARow;

    /** By slot: how often it was reported for nothing. None before the first. */
    private @Nullable Map<Integer, Integer> culprits;

    /** Notes that a wait has brought something, or has lasted as long as it should. */
    void calm() {
        // Premature waits are recognized by their frequency alone: sources that work well do not make up for one that
        // spins.
        staleInARow = 0;
    }

    private void forget() {
        premature = 0;
        culprits = null;
    }

    /** Notes that the source in {@code slot} was reported for nothing that is asked for. */
    void unasked(int slot) {
        if (culprits == null) {
            culprits = new HashMap<>();
        }
        culprits.merge(slot, 1, Integer::sum);
    }

    /** Notes that a slot gets another owner, or none. */
    void freed(int slot) {
        if (culprits != null) {
            culprits.remove(slot);
            if (culprits.isEmpty()) {
                culprits = null;
            }
        }
    }

    /**
     * Notes a wait that ended early with nothing to report.
     *
     * @throws IOException if neither a rebuild nor the isolation of a source can help
     */
    Remedy premature(long nowNanos, String backend) throws IOException {
        if (premature++ == 0) {
            sinceNanos = nowNanos;
            if (nowNanos - rebuiltNanos > FORGIVEN_NANOS) {
                rebuilds = 0;
            }
        }
        if (premature < PREMATURE_LIMIT) {
            return Remedy.WAIT_AGAIN;
        }
        if (nowNanos - sinceNanos > PREMATURE_LIMIT * SPINNING_NANOS) {
            forget();
            return Remedy.WAIT_AGAIN;
        }
        rebuiltNanos = nowNanos;
        if (rebuilds < REBUILD_LIMIT) {
            if (rebuilds++ == 0) {
                Log.LOG.warn(
                        "waits end at once with nothing to report; a fresh kernel object is tried, backend={}",
                        backend);
            }
            forget();
            return Remedy.REBUILD;
        }
        // A source that was reported now and then for nothing is not to blame.
        if (culprits != null && mostReported(culprits).getValue() >= premature / 2) {
            return Remedy.ISOLATE;
        }
        throw broken(backend);
    }

    /**
     * Notes that the kernel object is about to be replaced because it reported something stale.
     *
     * @throws IOException if that was done a few times in a row and did not help
     */
    void aboutToRebuild(String backend) throws IOException {
        if (staleInARow >= REBUILD_LIMIT) {
            throw broken(backend);
        }
        staleInARow++;
    }

    private IOException broken(String backend) {
        forget();
        rebuilds = 0;
        staleInARow = 0;
        return new IOException("backend " + backend + " ends its waits at once with nothing to report, also after "
                + REBUILD_LIMIT + " fresh starts; use another backend, or report this one as broken");
    }

    /** Returns the slot of the source that was reported most, which is about to be isolated. */
    int culprit() {
        return mostReported(Objects.requireNonNull(culprits)).getKey();
    }

    private static Map.Entry<Integer, Integer> mostReported(Map<Integer, Integer> slots) {
        return Collections.max(slots.entrySet(), Map.Entry.comparingByValue());
    }

    /** Starts over after the source of {@code key} was isolated. */
    void isolated(SelectorKey key, String backend) {
        Log.LOG.error(
                "{} is not watched any more until it is modified: it was reported {} times in a row for nothing that is"
                        + " asked for, also after {} fresh kernel objects, backend={}",
                key,
                premature,
                REBUILD_LIMIT,
                backend);
        forget();
        rebuilds = 0;
    }
}
