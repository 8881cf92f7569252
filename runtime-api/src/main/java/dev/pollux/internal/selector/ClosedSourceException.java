package dev.pollux.internal.selector;

import java.nio.channels.ClosedChannelException;

/** The JDK's exception, which takes no message, with one. */
final class ClosedSourceException extends ClosedChannelException {

    private static final long serialVersionUID = 1L;

    private final String message;

    ClosedSourceException(String message) {
        this.message = message;
    }

    @Override
    public String getMessage() {
        return message;
    }
}
