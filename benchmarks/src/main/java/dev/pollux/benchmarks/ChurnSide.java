package dev.pollux.benchmarks;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.DatagramChannel;

/**
 * The calls that change what is watched, on one source beside others that are idle.
 *
 * <p><b>Thread:</b> one, which is also the one that waits.
 */
public interface ChurnSide extends Closeable {

    /** Watches one more, which stays idle. */
    void watch(DatagramChannel idle) throws Exception;

    /** Watches the source for reading, which it never is ready for. */
    void register() throws Exception;

    /** Changes to reading. */
    void watchReading() throws IOException;

    /** Changes to writing, which the source always is ready for. */
    void watchWriting() throws IOException;

    /** Watches the source no more. */
    void unregister() throws IOException;

    /** Looks for what is ready, and returns how many are, if that is known. */
    int selectNow() throws IOException;
}
