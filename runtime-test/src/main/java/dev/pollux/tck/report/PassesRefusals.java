package dev.pollux.tck.report;

import dev.pollux.tck.rules.ProvenRefusal;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/** Lets a test that ended with a proven refusal pass. */
public final class PassesRefusals implements TestExecutionExceptionHandler {

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable thrown) throws Throwable {
        if (!(thrown instanceof ProvenRefusal)) {
            throw thrown;
        }
        RecordsResults.refused(context);
    }
}
