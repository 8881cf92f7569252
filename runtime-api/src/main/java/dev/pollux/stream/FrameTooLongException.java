package dev.pollux.stream;

import java.io.IOException;

/** A peer has sent, or begun to send, a frame that is longer than it may be. */
public final class FrameTooLongException extends IOException {

    private static final long serialVersionUID = 1L;

    FrameTooLongException(String message) {
        super(message);
    }
}
