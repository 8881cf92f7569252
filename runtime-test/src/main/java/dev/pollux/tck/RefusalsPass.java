package dev.pollux.tck;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/** Lets a test that ended with a proven refusal pass. */
final class RefusalsPass implements TestExecutionExceptionHandler {

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable thrown) throws Throwable {
        if (!(thrown instanceof RefusedAsItShould)) {
            throw thrown;
        }
        FindingsAreKept.refused(context);
    }
}
