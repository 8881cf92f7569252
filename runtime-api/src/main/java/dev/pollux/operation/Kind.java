package dev.pollux.operation;

import dev.pollux.spi.Submission;
import org.jspecify.annotations.Nullable;

/** What an operation does. */
enum Kind {
    NONE(null, false),
    RECEIVE(Submission.Kind.RECEIVE, true),
    RECEIVE_EACH(Submission.Kind.RECEIVE_EACH, true),
    ACCEPT(Submission.Kind.ACCEPT, true),
    ACCEPT_EACH(Submission.Kind.ACCEPT_EACH, true),
    SEND(Submission.Kind.SEND, false),
    CONNECT(null, false),
    READ(Submission.Kind.READ, true),
    WRITE(Submission.Kind.WRITE, false),
    SYNC(Submission.Kind.SYNC, false),
    SYNC_DATA(Submission.Kind.SYNC_DATA, false);

    /** What a kernel is asked for, if kernels do it. */
    final Submission.@Nullable Kind submission;

    /** Whether bytes or connections come in. */
    final boolean takes;

    Kind(Submission.@Nullable Kind submission, boolean takes) {
        this.submission = submission;
        this.takes = takes;
    }

    /** Returns whether it completes again and again. */
    boolean stays() {
        return this == RECEIVE_EACH || this == ACCEPT_EACH;
    }

    /** Returns whether it is done to a place in a file. */
    boolean isOfFile() {
        return this == READ || this == WRITE || this == SYNC || this == SYNC_DATA;
    }

    /** Returns what a kernel is to do: a descriptor that is no socket is read and written. */
    Submission.@Nullable Kind forKernel(boolean socket) {
        if (socket || isOfFile()) {
            return submission;
        }
        return switch (this) {
            case RECEIVE -> Submission.Kind.READ;
            case SEND -> Submission.Kind.WRITE;
            default -> null;
        };
    }
}
