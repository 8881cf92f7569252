package dev.pollux.tck.source;

import dev.pollux.tck.Subject;
import java.io.IOException;

/** Makes sources of one kind for the tests; see {@link Subject#withSource}. */
@FunctionalInterface
public interface SourceFactory {

    /** Makes a source that is not ready to be read, unless it always is; the tests close it. */
    WatchedSource open() throws IOException;
}
