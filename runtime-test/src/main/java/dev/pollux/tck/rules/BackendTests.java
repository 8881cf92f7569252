package dev.pollux.tck.rules;

import dev.pollux.tck.source.TestedBackend;
import java.util.Optional;

/** A class of tests that has a backend to test. */
public interface BackendTests {

    /** Returns what the last test was about, if it got as far; for the kit itself. */
    Optional<TestedBackend> lastTested();
}
