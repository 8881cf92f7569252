package dev.pollux.internal.selector;

import java.io.IOException;
import java.io.UncheckedIOException;

/** Does something where a selector may be used, and nowhere else. */
public interface Confinement {

    /** What is to be done there. */
    @FunctionalInterface
    interface Action<T> {

        /** Does it. */
        T run() throws IOException;
    }

    /** The confinement of a selector that one thread uses: the caller is there. */
    Confinement TO_THE_CALLER = new Confinement() {
        @Override
        public boolean isHere() {
            return true;
        }

        @Override
        public <T> T call(Action<T> action) throws IOException {
            return action.run();
        }
    };

    /** Returns whether the caller is there already. */
    boolean isHere();

    /** Does {@code action} there, and returns or throws what it does. */
    <T> T call(Action<T> action) throws IOException;

    /** As {@link #call}, for actions that do no I/O. */
    default <T> T callUnchecked(Action<T> action) {
        try {
            return call(action);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }
}
