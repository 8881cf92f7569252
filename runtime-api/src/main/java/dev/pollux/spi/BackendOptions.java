package dev.pollux.spi;

/**
 * What a selector wishes of the backend it opens. Wishes are hints: a backend that cannot honour one ignores it, and the
 * contract holds all the same.
 *
 * <p>Later versions may add wishes; each has a default that means what a backend did before.
 */
public final class BackendOptions {

    /** As many as most processes may open. Room for them is only made when that many are ready. */
    private static final int DEFAULT_EVENTS_PER_WAIT = 1 << 16;

    private static final BackendOptions DEFAULTS = new BackendOptions(DEFAULT_EVENTS_PER_WAIT);

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
     * 65 536 by default. A backend may begin with a smaller buffer and let it grow when a wait fills it.
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
