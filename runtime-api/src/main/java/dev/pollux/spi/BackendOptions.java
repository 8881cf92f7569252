package dev.pollux.spi;

/**
 * What a selector wishes of the backend it opens. Wishes are hints: a backend that cannot honour one ignores it, and the
 * contract holds all the same.
 *
 * <p>Later versions may add wishes; each has a default that means what a backend did before.
 */
public final class BackendOptions {

    private static final BackendOptions DEFAULTS = new BackendOptions(256);

    private final int eventsPerWait;

    private BackendOptions(int eventsPerWait) {
        this.eventsPerWait = eventsPerWait;
    }

    /** Returns the options of a selector that wishes for nothing in particular. */
    public static BackendOptions defaults() {
        return DEFAULTS;
    }

    /**
     * Returns how many events one wait should report at most, where the kernel fills a buffer of a given size; 1 or more,
     * 256 by default.
     */
    public int eventsPerWait() {
        return eventsPerWait;
    }

    /**
     * Returns these options with another number of events per wait.
     *
     * @throws IllegalArgumentException if {@code events} is less than 1
     */
    public BackendOptions withEventsPerWait(int events) {
        if (events < 1) {
            throw new IllegalArgumentException("eventsPerWait " + events + " is less than 1");
        }
        return new BackendOptions(events);
    }

    @Override
    public String toString() {
        return "BackendOptions[eventsPerWait=" + eventsPerWait + "]";
    }
}
