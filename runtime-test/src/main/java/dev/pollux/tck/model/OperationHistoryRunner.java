package dev.pollux.tck.model;

import dev.pollux.tck.source.TestSources;
import dev.pollux.tck.source.TestedBackend;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;

/**
 * Plays histories of operations, each on a loop and sources of its own.
 *
 * <p><b>Thread:</b> one at a time.
 */
public final class OperationHistoryRunner {

    private static final int MEMORY = 8_000_000;

    private final TestedBackend subject;
    private final ByteBuffer memory = ByteBuffer.allocateDirect(MEMORY);

    public OperationHistoryRunner(TestedBackend subject) {
        this.subject = Objects.requireNonNull(subject, "subject");
    }

    /**
     * Makes each step of a history, ends it, and compares.
     *
     * @throws AssertionError if anything is not as the model says; begins with the rule that is broken
     * @throws IOException if the world gets in the way
     */
    public void play(List<OperationStep> history) throws IOException {
        try (TestSources sources = subject.newSources()) {
            OperationRun run = new OperationRun(subject, sources, memory);
            try {
                for (OperationStep step : history) {
                    run.apply(step);
                }
                run.end();
            } finally {
                run.abort();
            }
        }
    }
}
