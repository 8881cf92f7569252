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
}
