package dev.pollux.benchmarks.peers;

/**
 * One of those that are compared.
 *
 * @param <L> a load
 * @param <S> what is measured
 */
interface Entrant<L, S> {

    String name();

    /** Whether it can do {@code load}. */
    default boolean takes(L load) {
        return true;
    }

    /** Starts it anew. */
    Running<L, S> start() throws Exception;

    /** While it runs. */
    interface Running<L, S> extends AutoCloseable {

        /** Prepares for {@code load}, and runs it for {@code warmupSeconds} or longer. */
        void prepare(L load, double warmupSeconds) throws Exception;

        /** Measures {@code load}, for which it was prepared, for {@code seconds}. */
        S measure(L load, double seconds) throws Exception;

        /** Ends it. */
        @Override
        void close();
    }
}
