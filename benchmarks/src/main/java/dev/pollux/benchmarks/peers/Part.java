package dev.pollux.benchmarks.peers;

import java.nio.file.Path;

/** A part of the page. */
@FunctionalInterface
interface Part {

    /** Measures it, with {@code directory} for what is made on the way. */
    Report measure(Effort effort, Path directory) throws Exception;
}
