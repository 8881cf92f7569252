package dev.pollux.tck;

import dev.pollux.Capability;
import dev.pollux.spi.BackendProvider;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
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
    private final String remark;

    private Subject(
            BackendProvider provider,
            @Nullable Descriptors descriptors,
            boolean channels,
            Duration patience,
            String remark) {
        this.provider = provider;
        this.descriptors = descriptors;
        this.channels = channels;
        this.patience = patience;
        this.remark = remark;
    }

    /** Returns a subject that opens its backends with {@code provider}. */
    public static Subject of(BackendProvider provider) {
        return new Subject(Objects.requireNonNull(provider, "provider"), null, false, PATIENCE, "");
    }

    /** Returns this subject, tested on raw descriptors that {@code descriptors} makes. */
    public Subject withDescriptors(Descriptors descriptors) {
        return new Subject(provider, Objects.requireNonNull(descriptors, "descriptors"), channels, patience, remark);
    }

    /** Returns this subject, tested on Java channels wherever a test does not need a descriptor as such. */
    public Subject onChannels() {
        return new Subject(provider, descriptors, true, patience, remark);
    }

    /**
     * Returns this subject, with {@code patience} as the time after which something that must come is missed. It costs
     * time only where a test fails; 10 seconds if not given.
     */
    public Subject withPatience(Duration patience) {
        return new Subject(provider, descriptors, channels, Objects.requireNonNull(patience, "patience"), remark);
    }

    /**
     * Returns this subject, with {@code remark} beside its name in the conformance report: what a reader has to know
     * who takes it for the backend as such, for instance that something stands in for its kernel.
     */
    public Subject withRemark(String remark) {
        return new Subject(provider, descriptors, channels, patience, Objects.requireNonNull(remark, "remark"));
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
