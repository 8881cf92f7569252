package dev.pollux.tck;

import dev.pollux.Capability;
import dev.pollux.EventSelector;
import dev.pollux.Selectors;
import dev.pollux.spi.BackendProvider;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What is tested: a backend's provider, and what the tests need to know about it.
 *
 * <p>With {@link Descriptors} the tests watch raw descriptors, without them Java channels. A backend that does both is
 * tested in both ways, by two classes: one as is, one {@link #onChannels}.
 */
public final class Subject {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final BackendProvider provider;
    private final @Nullable Descriptors descriptors;
    private final boolean channels;
    private final Duration patience;
    private final int batchLimit;
    private final String remark;
    private final UnaryOperator<EventSelector> mutation;

    private Subject(
            BackendProvider provider,
            @Nullable Descriptors descriptors,
            boolean channels,
            Duration patience,
            int batchLimit,
            String remark,
            UnaryOperator<EventSelector> mutation) {
        this.provider = Objects.requireNonNull(provider, "provider");
        this.descriptors = descriptors;
        this.channels = channels;
        this.patience = Objects.requireNonNull(patience, "patience");
        this.batchLimit = batchLimit;
        this.remark = Objects.requireNonNull(remark, "remark");
        this.mutation = mutation;
    }

    /** Returns a subject that opens its backends with {@code provider}. */
    public static Subject of(BackendProvider provider) {
        return new Subject(provider, null, false, PATIENCE, Integer.MAX_VALUE, "", sound -> sound);
    }

    /** Returns this subject, tested on raw descriptors that {@code descriptors} makes. */
    public Subject withDescriptors(Descriptors descriptors) {
        Objects.requireNonNull(descriptors, "descriptors");
        return new Subject(provider, descriptors, channels, patience, batchLimit, remark, mutation);
    }

    /** Returns this subject, tested on Java channels wherever a test does not need a descriptor as such. */
    public Subject onChannels() {
        return new Subject(provider, descriptors, true, patience, batchLimit, remark, mutation);
    }

    /**
     * Returns this subject, with {@code patience} as the time after which something that must come is missed. It costs
     * time only where a test fails; 10 seconds if not given.
     */
    public Subject withPatience(Duration patience) {
        return new Subject(provider, descriptors, channels, patience, batchLimit, remark, mutation);
    }

    /**
     * Returns this subject, one of whose waits reports {@code sources} at most. Histories of calls then expect what is
     * left of the next ones; without limit if not given.
     */
    public Subject withBatchLimit(int sources) {
        return new Subject(provider, descriptors, channels, patience, sources, remark, mutation);
    }

    /**
     * Returns this subject, with {@code remark} beside its name in the conformance report: what a reader has to know
     * who takes it for the backend as such, for instance that something stands in for its kernel.
     */
    public Subject withRemark(String remark) {
        return new Subject(provider, descriptors, channels, patience, batchLimit, remark, mutation);
    }

    /** Returns this subject, with what {@code mutation} makes of a sound selector; for the kit's own tests. */
    Subject mutated(UnaryOperator<EventSelector> mutation) {
        return new Subject(provider, descriptors, channels, patience, batchLimit, remark, mutation);
    }

    /** Opens a selector on a backend of {@code provider}, which is this subject's own or wraps it. */
    EventSelector open(BackendProvider provider) throws IOException {
        return mutation.apply(Selectors.open(provider));
    }

    /** Returns the provider of the backend. */
    public BackendProvider provider() {
        return provider;
    }

    /** Returns the means to make descriptors, if there are any. */
    public Optional<Descriptors> descriptors() {
        return Optional.ofNullable(descriptors);
    }

    /** Returns whether the tests watch Java channels where either would do. */
    public boolean isOnChannels() {
        return channels || descriptors == null;
    }

    /** Returns the time after which something that must come is missed. */
    public Duration patience() {
        return patience;
    }

    /** Returns how many sources one wait reports at most. */
    public int batchLimit() {
        return batchLimit;
    }

    /** Returns what is said beside its name; may be empty. */
    public String remark() {
        return remark;
    }

    /** Returns whether the backend has {@code capability}. */
    public boolean has(Capability capability) {
        Set<Capability> capabilities = provider.capabilities();
        return capabilities.contains(capability);
    }

    @Override
    public String toString() {
        return provider.name() + (isOnChannels() ? "" : " on descriptors");
    }
}
