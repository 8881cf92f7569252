package dev.pollux.spi;

import java.io.IOException;

/** A stream of two directions that end on their own. */
public interface HalfClosable {

    /**
     * Ends the output: the peer reads what was sent and then the end, and can still send. Does nothing the second time. See
     * shutdown(2).
     *
     * @throws IOException if the stream is closed or not connected
     */
    void shutdownOutput() throws IOException;
}
