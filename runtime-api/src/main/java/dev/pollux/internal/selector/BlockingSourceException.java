package dev.pollux.internal.selector;

import java.nio.channels.IllegalBlockingModeException;

/** The JDK's exception, which takes no message, with one. */
final class BlockingSourceException extends IllegalBlockingModeException {

    private static final long serialVersionUID = 1L;

    private final String message;

    BlockingSourceException(String message) {
        this.message = message;
    }

    @Override
    public String getMessage() {
        return message;
    }
}
