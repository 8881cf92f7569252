package dev.pollux.operation;

import java.io.IOException;

/** What to do when an operation has completed. */
@FunctionalInterface
public interface Completion {

    /**
     * Takes the outcome of {@code operation}, which {@link Operation#result} returns or throws. It may begin the next one,
     * also with the same object. Should not block.
     *
     * <p>Comes once for each operation begun, and never inside the method that began it; for one that stays, once for each
     * part, and a last time when {@link Operation#goesOn} is false. The buffer is the caller's again.
     *
     * <p><b>Thread:</b> the loop thread. At the end of the loop, the one that ends it or has done the operation.
     *
     * @throws IOException goes to the loop's failure handler, like anything unchecked, and affects nothing else
     */
    void completed(Operation operation) throws IOException;
}
