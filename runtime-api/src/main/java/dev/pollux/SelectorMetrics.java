package dev.pollux;

import java.util.Objects;

/**
 * What a selector has counted since it was opened, and what it holds. Later versions may count more; two snapshots are
 * equal if all their numbers are.
 */
public final class SelectorMetrics {

    private static final SelectorMetrics NONE = builder().build();

    private final int registered;
    private final long waits;
    private final long events;
    private final long staleEvents;
    private final long wakeups;
    private final long rebuilds;
    private final long swaps;

    private SelectorMetrics(Builder builder) {
        registered = builder.registered;
        waits = builder.waits;
        events = builder.events;
        staleEvents = builder.staleEvents;
        wakeups = builder.wakeups;
        rebuilds = builder.rebuilds;
        swaps = builder.swaps;
    }

    /** Returns the metrics of a selector that has done nothing. */
    public static SelectorMetrics none() {
        return NONE;
    }

    /** Returns a builder in which everything is 0. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns the number of registrations at present. */
    public int registered() {
        return registered;
    }

    /** Returns the calls of the backend's wait, blocking or not. */
    public long waits() {
        return waits;
    }

    /** Returns the entries that were delivered to handlers. */
    public long events() {
        return events;
    }

    /** Returns the events that were dropped because their registration was gone. */
    public long staleEvents() {
        return staleEvents;
    }

    /** Returns the wakeups that went as far as the backend; the others found no thread waiting and cost no system call. */
    public long wakeups() {
        return wakeups;
    }

    /** Returns how often the kernel object was replaced by a fresh one of the same kind. */
    public long rebuilds() {
        return rebuilds;
    }

    /** Returns the successful calls of {@link EventSelector#swap}. */
    public long swaps() {
        return swaps;
    }

    /**
     * Returns what was counted between {@code earlier} and this; {@link #registered} is as it is here.
     *
     * @param earlier a snapshot of the same selector
     */
    public SelectorMetrics since(SelectorMetrics earlier) {
        return builder()
                .registered(registered)
                .waits(waits - earlier.waits)
                .events(events - earlier.events)
                .staleEvents(staleEvents - earlier.staleEvents)
                .wakeups(wakeups - earlier.wakeups)
                .rebuilds(rebuilds - earlier.rebuilds)
                .swaps(swaps - earlier.swaps)
                .build();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SelectorMetrics that
                && registered == that.registered
                && waits == that.waits
                && events == that.events
                && staleEvents == that.staleEvents
                && wakeups == that.wakeups
                && rebuilds == that.rebuilds
                && swaps == that.swaps;
    }

    @Override
    public int hashCode() {
        return Objects.hash(registered, waits, events, staleEvents, wakeups, rebuilds, swaps);
    }

    @Override
    public String toString() {
        return "SelectorMetrics[registered=" + registered + ", waits=" + waits + ", events=" + events + ", staleEvents="
                + staleEvents + ", wakeups=" + wakeups + ", rebuilds=" + rebuilds + ", swaps=" + swaps + "]";
    }

    /** Takes the numbers, each named as the accessor that returns it. Not for use by several threads. */
    public static final class Builder {

        private int registered;
        private long waits;
        private long events;
        private long staleEvents;
        private long wakeups;
        private long rebuilds;
        private long swaps;

        private Builder() {}

        /** Sets {@link SelectorMetrics#registered()}. */
        public Builder registered(int number) {
            registered = number;
            return this;
        }

        /** Sets {@link SelectorMetrics#waits()}. */
        public Builder waits(long number) {
            waits = number;
            return this;
        }

        /** Sets {@link SelectorMetrics#events()}. */
        public Builder events(long number) {
            events = number;
            return this;
        }

        /** Sets {@link SelectorMetrics#staleEvents()}. */
        public Builder staleEvents(long number) {
            staleEvents = number;
            return this;
        }

        /** Sets {@link SelectorMetrics#wakeups()}. */
        public Builder wakeups(long number) {
            wakeups = number;
            return this;
        }

        /** Sets {@link SelectorMetrics#rebuilds()}. */
        public Builder rebuilds(long number) {
            rebuilds = number;
            return this;
        }

        /** Sets {@link SelectorMetrics#swaps()}. */
        public Builder swaps(long number) {
            swaps = number;
            return this;
        }

        /** Returns the metrics. */
        public SelectorMetrics build() {
            return new SelectorMetrics(this);
        }
    }
}
