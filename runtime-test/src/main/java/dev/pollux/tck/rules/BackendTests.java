package dev.pollux.tck.rules;

import dev.pollux.tck.source.TestedBackend;
import java.util.Optional;

/** A class of tests that has a backend to test. */
public interface BackendTests {

    /** Returns what is to be tested, anew for each test; for the kit itself. */
    TestedBackend newTested();

    /** Returns what the last test was about, if it got as far; for the kit itself. */
    Optional<TestedBackend> lastTested();
}
