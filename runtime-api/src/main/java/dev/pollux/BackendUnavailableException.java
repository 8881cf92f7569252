package dev.pollux;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** No backend, or not the one asked for, can be used here; the message lists the candidates and their reasons. */
public final class BackendUnavailableException extends IOException {

    private static final long serialVersionUID = 1L;

    /** Makes one; the message names the backend, the reason and the way out. */
    public BackendUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
