package dev.pollux;

import org.jspecify.annotations.Nullable;

/** Whether a backend can be used here, and if not, why. */
public sealed interface Availability {

    /** The backend can be opened. */
    record Available() implements Availability {}

    /**
     * The backend cannot be opened, and trying again will not help.
     *
     * @param reason one clause for the user, with the way out if there is one
     * @param cause what was thrown, if anything
     */
    record Unavailable(String reason, @Nullable Throwable cause) implements Availability {}

    /** Returns that the backend can be opened. */
    static Availability available() {
        return new Available();
    }

    /** Returns that the backend cannot be opened. */
    static Availability unavailable(String reason) {
        return new Unavailable(reason, null);
    }

    /**
     * Runs {@code probe} and returns what that shows. Running out of descriptors or memory counts as available.
     *
     * @param probe opens what a backend opens, and closes it
     */
    static Availability of(Probe probe) {
        try {
            probe.run();
            return available();
        } catch (NativeIOException e) {
            return e.isExhaustion() ? available() : new Unavailable(String.valueOf(e.getMessage()), e);
        } catch (OutOfMemoryError e) {
            return available();
        } catch (Exception | LinkageError e) {
            Throwable root = e;
            for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
                root = cause;
            }
            return new Unavailable(root.getMessage() == null ? root.toString() : root.getMessage(), e);
        }
    }

    /** Tries a backend out. */
    @FunctionalInterface
    interface Probe {

        /** Throws if the backend cannot work here. */
        void run() throws Exception;
    }
}
