package dev.pollux.internal;

import com.google.common.collect.HashMultiset;
import com.google.common.collect.Multiset;
import com.google.common.collect.Multisets;
import dev.pollux.SelectorKey;
import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that waits end at once with nothing to tell, over and over: the kernel object is broken, or reports something
 * that nobody asked for. First a fresh one is tried. If that does not help, the source that is reported most is no
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

    private static final Logger log = LoggerFactory.getLogger(SpinGuard.class);

    private static final int PREMATURE_LIMIT = 256;
    private static final long SPINNING_NANOS = Duration.ofNanos(20_000).toNanos();
    private static final int REBUILD_LIMIT = 3;

    /** Whether there is anything to forget: most selects ask only this. */
    private boolean suspicious;

    private int premature;
    private long sinceNanos;
    private int rebuilds;
    private final Multiset<Integer> culprits = HashMultiset.create();

    /** Notes that a wait has brought something, or has lasted as long as it should. */
    void calm() {
        if (suspicious) {
            suspicious = false;
            forget();
            rebuilds = 0;
        }
    }

    private void forget() {
        premature = 0;
        culprits.clear();
    }

    /** Notes that the source in {@code slot} was reported for nothing that is asked for. */
    void unasked(int slot) {
        suspicious = true;
        culprits.add(slot);
    }

    /**
     * Notes a wait that ended early with nothing to tell.
     *
     * @throws IOException if neither a rebuild nor the isolation of a source can help
     */
    Remedy premature(long nowNanos, String backend) throws IOException {
        suspicious = true;
        if (premature++ == 0) {
            sinceNanos = nowNanos;
        }
        if (premature < PREMATURE_LIMIT) {
            return Remedy.WAIT_AGAIN;
        }
        if (nowNanos - sinceNanos > PREMATURE_LIMIT * SPINNING_NANOS) {
            calm();
            return Remedy.WAIT_AGAIN;
        }
        if (rebuilds >= REBUILD_LIMIT && !culprits.isEmpty()) {
            return Remedy.ISOLATE;
        }
        aboutToRebuild(backend);
        return Remedy.REBUILD;
    }

    /**
     * Notes that the kernel object is about to be replaced.
     *
     * @throws IOException if that was done a few times in a row and did not help
     */
    void aboutToRebuild(String backend) throws IOException {
        if (rebuilds >= REBUILD_LIMIT) {
            calm();
            throw new IOException("backend " + backend + " ends its waits at once with nothing to tell, also after "
                    + REBUILD_LIMIT + " fresh starts; use another backend, or report this one as broken");
        }
        suspicious = true;
        if (rebuilds++ == 0 && premature > 0) {
            log.warn("waits end at once with nothing to tell; a fresh kernel object is tried, backend={}", backend);
        }
        forget();
    }

    /** Returns the slot of the source that was reported most, which is about to be isolated. */
    int culprit() {
        return Multisets.copyHighestCountFirst(culprits).iterator().next();
    }

    /** Starts over after the source of {@code key} was isolated. */
    void isolated(SelectorKey key, String backend) {
        log.error(
                "{} is not watched any more until it is modified: it was reported {} times in a row for nothing that is"
                        + " asked for, also after {} fresh kernel objects, backend={}",
                key,
                premature,
                REBUILD_LIMIT,
                backend);
        calm();
    }
}
