package dev.pollux.tck;

import dev.pollux.EventSelector;
import dev.pollux.NanoClock;
import dev.pollux.Selectors;
import dev.pollux.spi.BackendProvider;
import dev.pollux.tck.source.Descriptors;
import dev.pollux.tck.source.SourceFactory;
import dev.pollux.tck.source.TestedBackend;
import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What is tested: a backend's provider, and what the tests need to know about it.
 *
 * <p>With {@link Descriptors} the tests watch raw descriptors, without them Java channels. A backend that does both is
 * tested in both ways, by two classes: one as is, one {@link #onChannels}.
 */
public final class Subject implements TestedBackend {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /**
     * What is made of sound parts, for the kit's own tests.
     *
     * @param provider what the selector sees of the provider
     * @param selector what the tests see of the selector
     * @param clock what a loop sees of the clock
     */
    record Mutated(
            UnaryOperator<BackendProvider> provider,
            UnaryOperator<EventSelector> selector,
            UnaryOperator<NanoClock> clock) {

        static final Mutated NOTHING =
                new Mutated(UnaryOperator.identity(), UnaryOperator.identity(), UnaryOperator.identity());
    }

    // Set while a copy is made, and never again.
    private final BackendProvider provider;
    private @Nullable Descriptors descriptors;
    private boolean channels;
    private Duration patience = PATIENCE;
    private int batchLimit = Integer.MAX_VALUE;
    private String remark = "";
    private Map<String, SourceFactory> sources = Map.of();
    private Mutated mutated = Mutated.NOTHING;

    private Subject(BackendProvider provider) {
        this.provider = Objects.requireNonNull(provider, "provider");
    }

    private Subject with(Consumer<Subject> change) {
        Subject copy = new Subject(provider);
        copy.descriptors = descriptors;
        copy.channels = channels;
        copy.patience = patience;
        copy.batchLimit = batchLimit;
        copy.remark = remark;
        copy.sources = sources;
        copy.mutated = mutated;
        change.accept(copy);
        return copy;
    }

    /** Returns a subject that opens its backends with {@code provider}. */
    public static Subject of(BackendProvider provider) {
        return new Subject(provider);
    }

    /** Returns this subject, tested on raw descriptors that {@code descriptors} makes. */
    public Subject withDescriptors(Descriptors descriptors) {
        Objects.requireNonNull(descriptors, "descriptors");
        return with(copy -> copy.descriptors = descriptors);
    }

    /** Returns this subject, tested on Java channels wherever a test does not need a descriptor as such. */
    public Subject onChannels() {
        return with(copy -> copy.channels = true);
    }

    /**
     * Returns this subject, with {@code patience} as the time after which something that must come is missed. It costs
     * time only where a test fails; 10 seconds if not given.
     */
    public Subject withPatience(Duration patience) {
        Objects.requireNonNull(patience, "patience");
        return with(copy -> copy.patience = patience);
    }

    /**
     * Returns this subject, one of whose waits reports {@code sources} at most. Histories of calls then expect what is
     * left of the next ones; without limit if not given.
     */
    public Subject withBatchLimit(int sources) {
        return with(copy -> copy.batchLimit = sources);
    }

    /**
     * Returns this subject, with {@code remark} beside its name in the conformance report: what a reader has to know
     * who takes it for the backend as such, for instance that something stands in for its kernel.
     */
    public Subject withRemark(String remark) {
        Objects.requireNonNull(remark, "remark");
        return with(copy -> copy.remark = remark);
    }

    /**
     * Returns this subject, tested also on sources that {@code factory} makes, beside those that the kit knows: pipes,
     * TCP, UDP and Unix-domain sockets, servers and files.
     *
     * @param kind what they are, for failures to name: {@code "an eventfd"}; replaces another factory for the same
     */
    public Subject withSource(String kind, SourceFactory factory) {
        Map<String, SourceFactory> more = new LinkedHashMap<>(sources);
        more.put(Objects.requireNonNull(kind, "kind"), Objects.requireNonNull(factory, "factory"));
        return with(copy -> copy.sources = Collections.unmodifiableMap(more));
    }

    /** Returns this subject with a fault; for the kit's own tests. */
    Subject mutated(Mutated fault) {
        return with(copy -> copy.mutated = fault);
    }

    /** Opens a selector on a backend of {@code provider}, which is this subject's own or wraps it. */
    @Override
    public EventSelector open(BackendProvider provider) throws IOException {
        return mutated.selector().apply(Selectors.open(mutated.provider().apply(provider)));
    }

    /** Returns the clock for a loop that is to run by {@code sound}. */
    @Override
    public NanoClock clock(NanoClock sound) {
        return mutated.clock().apply(sound);
    }

    /** Returns the kinds of sources that {@link #withSource} has added. */
    @Override
    public Map<String, SourceFactory> sources() {
        return sources;
    }

    /** Returns the provider of the backend. */
    @Override
    public BackendProvider provider() {
        return provider;
    }

    /** Returns the means to make descriptors, if there are any. */
    @Override
    public Optional<Descriptors> descriptors() {
        return Optional.ofNullable(descriptors);
    }

    /** Returns whether the tests watch Java channels where either would do. */
    @Override
    public boolean isOnChannels() {
        return channels || descriptors == null;
    }

    /** Returns the time after which something that must come is missed. */
    @Override
    public Duration patience() {
        return patience;
    }

    /** Returns how many sources one wait reports at most. */
    @Override
    public int batchLimit() {
        return batchLimit;
    }

    /** Returns what is said beside its name; may be empty. */
    @Override
    public String remark() {
        return remark;
    }

    @Override
    public String toString() {
        return provider.name() + (isOnChannels() ? "" : " on descriptors");
    }
}
