package dev.pollux.internal.loop;

import java.io.IOException;

/** Throws once more what was caught elsewhere. */
final class Thrown {

    private Thrown() {}

    /** Throws {@code cause} if it is unchecked or an {@link IOException}; returns an error for anything else. */
    static AssertionError again(Throwable cause) throws IOException {
        if (cause instanceof IOException e) {
            throw e;
        }
        return unchecked(cause);
    }

    /** Throws {@code cause} if it is unchecked; returns an error for anything else. */
    static AssertionError unchecked(Throwable cause) {
        if (cause instanceof RuntimeException e) {
            throw e;
        }
        if (cause instanceof Error e) {
            throw e;
        }
        return new AssertionError("only unchecked exceptions and those of I/O are expected here", cause);
    }
}
