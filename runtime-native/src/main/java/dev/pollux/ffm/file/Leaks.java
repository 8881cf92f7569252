package dev.pollux.ffm.file;

import java.lang.ref.Cleaner;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of native files that became garbage without having been closed, if {@code -Dpollux.leaks=true} asks for it. It
 * closes nothing: by then the number may be in use by somebody who was given it.
 */
final class Leaks {

    private static final Logger log = LoggerFactory.getLogger(Leaks.class);

    /** Not final, for the tests. */
    static boolean wanted = Boolean.getBoolean("pollux.leaks");

    /** Gets the file's description and where it was opened. */
    static BiConsumer<String, Throwable> report = (file, opened) ->
            log.warn("{} was never closed and leaks its descriptor; it was opened here", file, opened);

    private Leaks() {}

    /**
     * Returns what is to be closed together with {@code file}, or null if nobody asks.
     *
     * @param description of the file, as {@code toString} will have it
     */
    static @Nullable Watch watch(NativeFile file, String description) {
        return wanted ? new Watch(file, description) : null;
    }

    /** The one thread that waits for garbage; it is started by the first watch. */
    private static final class Garbage {

        static final Cleaner CLEANER = Cleaner.create();
    }

    /** Knows about a file what is to be told of it, and not the file itself. */
    static final class Watch implements Runnable {

        private final String description;
        private final Throwable opened = new Throwable("opened");
        private final Cleaner.Cleanable cleanable;
        private volatile boolean closed;

        Watch(NativeFile file, String description) {
            this.description = description;
            cleanable = Garbage.CLEANER.register(file, this);
        }

        /** Runs once, by close or by the collector. */
        @Override
        public void run() {
            if (!closed) {
                report.accept(description, opened);
            }
        }

        void closed() {
            closed = true;
            cleanable.clean();
        }
    }
}
