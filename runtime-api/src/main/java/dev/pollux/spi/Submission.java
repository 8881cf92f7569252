package dev.pollux.spi;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link CompletionBackend} is to do. One object describes one operation after the other; a backend reads it within
 * {@link CompletionBackend#submit} and does not keep it.
 */
public final class Submission {

    /** What is to be done, and what its result is. */
    public enum Kind {

        /** Receives from a socket into the buffer (recv(2)): the number of bytes, 0 at the end. */
        RECEIVE,

        /** Sends from the buffer to a socket, without a signal if there is no reader (send(2), {@code MSG_NOSIGNAL}): bytes. */
        SEND,

        /** Reads into the buffer, from an offset of a file or, with offset −1, what comes next (read(2), pread(2)): bytes. */
        READ,

        /** Writes from the buffer, at an offset of a file or, with offset −1, what goes next (write(2), pwrite(2)): bytes. */
        WRITE,

        /** Brings what was written to a file to the disk (fsync(2)): 0. */
        SYNC,

        /** As {@link #SYNC}, without what is not needed to read the data again (fdatasync(2)): 0. */
        SYNC_DATA,

        /** Accepts a connection, non-blocking and close-on-exec (accept4(2)): its descriptor. */
        ACCEPT,

        /** Accepts connections, one after the other: a descriptor each. */
        ACCEPT_EACH,

        /** Receives from a socket into lent buffers, one after the other: the number of bytes each, 0 at the end. */
        RECEIVE_EACH
    }

    /** What is to be done. */
    public Kind kind = Kind.RECEIVE;

    /** The descriptor it is done to. */
    public int fd = -1;

    /** Where bytes go to or come from: direct, and writable if they go to it. Null for kinds without. */
    public @Nullable ByteBuffer buffer;

    /**
     * The number of the buffer if the backend has lent it and it was not given back, else −1: its memory need not be found out, nor
     * kept.
     */
    public int lentNumber = -1;

    /** The index in the buffer of the first byte. Its own position is of no meaning. */
    public int position;

    /** The greatest number of bytes. */
    public int length;

    /** Where in the file, or −1. */
    public long offset = -1;

    /** Makes a description of nothing yet. */
    public Submission() {}
}
