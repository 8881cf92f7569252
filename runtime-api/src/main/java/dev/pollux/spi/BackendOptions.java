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

    private static final int DEFAULT_LENT_BUFFERS = 4096;
    private static final int DEFAULT_LENT_BYTES = 16 * 1024;

    /** Of all lent buffers of a backend. */
    private static final long MOST_LENT_BYTES = 1L << 30;

    private static final BackendOptions DEFAULTS =
            new BackendOptions(DEFAULT_EVENTS_PER_WAIT, DEFAULT_LENT_BUFFERS, DEFAULT_LENT_BYTES);

    private final int eventsPerWait;
    private final int lentBuffers;
    private final int lentBytes;

    private BackendOptions(int eventsPerWait, int lentBuffers, int lentBytes) {
        this.eventsPerWait = eventsPerWait;
        this.lentBuffers = lentBuffers;
        this.lentBytes = lentBytes;
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
        return new BackendOptions(events, lentBuffers, lentBytes);
    }

    /**
     * Returns how many buffers a {@link CompletionBackend} lends at once at most: a power of two up to 32 768, by default 4096. A
     * receive that finds none waits for one, so there should be as many as sources are ready at once; but one fast
     * peer may fill all that there are before its receiver can say that it is enough. So a backend should begin with few
     * and have more only where more sources receive.
     */
    public int lentBuffers() {
        return lentBuffers;
    }

    /** Returns how many bytes each of the {@link #lentBuffers} has; 1 or more, by default 16 384. */
    public int lentBytes() {
        return lentBytes;
    }

    /**
     * Returns these options with other buffers to lend. They are made when they are needed: by
     * default 2 MB, and up to 64 MB with many receivers.
     *
     * @throws IllegalArgumentException if {@code count} is no power of two from 1 to 32 768, {@code bytes} less than 1, or
     *     all of them more than 1 GiB
     */
    public BackendOptions withLentBuffers(int count, int bytes) {
        if (Integer.bitCount(count) != 1 || count < 1 || count > 1 << 15) {
            throw new IllegalArgumentException("lentBuffers " + count + " is no power of two from 1 to 32768");
        }
        if (bytes < 1) {
            throw new IllegalArgumentException("lentBytes " + bytes + " is less than 1");
        }
        if ((long) count * bytes > MOST_LENT_BYTES) {
            throw new IllegalArgumentException(
                    "lentBuffers " + count + " of " + bytes + " bytes are more than 1 GiB; use fewer or smaller ones");
        }
        return new BackendOptions(eventsPerWait, count, bytes);
    }

    @Override
    public String toString() {
        return "BackendOptions[eventsPerWait=" + eventsPerWait + ", lentBuffers=" + lentBuffers + " of " + lentBytes
                + " bytes]";
    }
}
