package dev.pollux.spi;

/** Takes what a backend saw. Only collects: nothing of the user's runs inside. */
@FunctionalInterface
public interface EventSink {

    /**
     * Reports one event.
     *
     * @param token as given with {@link Backend#add} or {@link Backend#change}
     * @param ready {@link dev.pollux.Events} bits as the kernel reported them; directions that were not asked for, and
     *     those that a hang-up implies, are the selector's business
     */
    void ready(long token, int ready);

    /**
     * Reports what became of an operation.
     *
     * @param token as given with {@link CompletionBackend#submit}
     * @param result 0 or more; or a constant of {@link CompletionBackend}; or else what
     *     {@link CompletionBackend#failure} explains
     * @param flags of {@link CompletionBackend}: {@link CompletionBackend#MORE MORE}, {@link CompletionBackend#LENT LENT}
     */
    default void completed(long token, int result, int flags) {
        throw new UnsupportedOperationException("no operation was submitted, but token " + token + " has completed");
    }
}
