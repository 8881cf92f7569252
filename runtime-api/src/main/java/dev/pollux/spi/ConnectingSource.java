package dev.pollux.spi;

import java.io.IOException;

/** A connection in the making, as operations use it: it is ready for WRITE when there is an outcome. */
public interface ConnectingSource {

    /**
     * Finds out how connecting went.
     *
     * @return false if it still goes on
     * @throws IOException what it failed with
     */
    boolean finishConnect() throws IOException;
}
