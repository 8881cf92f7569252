package dev.pollux.internal.leak;

import java.lang.ref.Cleaner;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports what holds descriptors and became garbage without having been closed, if {@code -Dpollux.leaks=true} asks for
 * it. It closes nothing: the numbers may be in use through another object that was given them.
 *
 * <p><b>Thread:</b> any.
 */
public final class Leaks {

    private static volatile boolean wanted = Boolean.getBoolean("pollux.leaks");

    /** Gets what was not closed and where it was opened, instead of the log. */
    private static volatile @Nullable BiConsumer<String, Throwable> report;

    private Leaks() {}

    /**
     * Returns what is to be closed together with {@code owner}, or null if leaks are not reported.
     *
     * @param description names the owner in the report
     */
    public static @Nullable Watch watch(Object owner, String description) {
        return wanted ? new Watch(owner, description) : null;
    }

    /** Reports to {@code instead} from now on, or again as the system property says if it is null. For tests. */
    public static void reportTo(@Nullable BiConsumer<String, Throwable> instead) {
        report = instead;
        wanted = instead != null || Boolean.getBoolean("pollux.leaks");
    }

    static void logged(String what, Throwable opened) {
        Garbage.LOG.warn("{} was never closed and keeps its descriptors; it was opened here", what, opened);
    }

    /** The one thread that waits for garbage, and where it reports it; the first watch starts it. */
    private static final class Garbage {

        static final Logger LOG = LoggerFactory.getLogger(Leaks.class);
        static final Cleaner CLEANER = Cleaner.create();
    }

    /** What is known of an owner for the report, without keeping the owner. */
    public static final class Watch {

        private final Note note;
        private final Cleaner.Cleanable cleanable;

        private Watch(Object owner, String description) {
            note = new Note(description);
            cleanable = Garbage.CLEANER.register(owner, note);
        }

        /** Ends the watch without a report. */
        public void closed() {
            note.closed = true;
            cleanable.clean();
        }
    }

    private static final class Note implements Runnable {

        private final String description;
        private final Throwable opened = new Throwable("opened");
        private volatile boolean closed;

        Note(String description) {
            this.description = description;
        }

        /** Runs once, by close or by the collector. */
        @Override
        public void run() {
            if (!closed) {
                BiConsumer<String, Throwable> present = report;
                if (present == null) {
                    logged(description, opened);
                } else {
                    present.accept(description, opened);
                }
            }
        }
    }
}
