package dev.pollux.tck.model;

import dev.pollux.Capability;
import dev.pollux.EventSelector;
import dev.pollux.Events;
import dev.pollux.Ready;
import dev.pollux.SelectorKey;
import dev.pollux.tck.Link;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One history, under way: a selector, real sources, and the model of both.
 *
 * <p>What was just sent over the loopback interface may take a moment to arrive. A source is unsettled from then until
 * it has been reported as the model says, and only for unsettled ones may a select have to be repeated.
 *
 * <p><b>Thread:</b> one at a time.
 */
public final class Run implements AutoCloseable {

    private final EventSelector selector;
    private final List<Link> links;
    private final SelectorModel model;
    private final Duration patience;
    private final BitSet unsettled = new BitSet();
    private final List<Step> history = new ArrayList<>();

    /**
     * Begins a history in which nothing is registered, nothing pending, and no peer gone.
     *
     * @param selector closed in the end
     * @param links the sources, by number; stay open
     * @param channels whether they are Java channels; listeners always are
     * @param patience the time after which something that must come is missed
     */
    public Run(EventSelector selector, List<Link> links, boolean channels, Duration patience) {
        this.selector = selector;
        this.links = List.copyOf(links);
        this.model = new SelectorModel(links.stream().map(Link::kind).toList(), channels);
        this.patience = patience;
    }

    /** Makes one step on both and compares. */
    public void apply(Step step) {
        history.add(step);
        try {
            step.apply(this);
        } catch (IOException e) {
            throw new UncheckedIOException(step + " failed", e);
        }
    }

    /** Returns the steps made so far. */
    public List<Step> history() {
        return List.copyOf(history);
    }

    @Override
    public String toString() {
        return "Run" + history;
    }

    EventSelector selector() {
        return selector;
    }

    SelectorModel model() {
        return model;
    }

    Link link(int source) {
        return links.get(source);
    }

    Object fileobj(int source) {
        return link(source).source();
    }

    void unsettle(int source) {
        unsettled.set(source);
    }

    /** A call that the contract may refuse. */
    interface Call {
        SelectorKey make() throws IOException;
    }

    /** Returns what {@code call} returns, or null if it was refused as the contract says. */
    @Nullable
    SelectorKey callOrRefusal(Step step, List<Class<? extends RuntimeException>> faults, Call call) throws IOException {
        SelectorKey key;
        try {
            key = call.make();
        } catch (RuntimeException refusal) {
            check(
                    faults.stream().anyMatch(fault -> fault.isInstance(refusal)),
                    () -> step + " was refused with " + refusal + ", expected " + faults);
            return null;
        }
        check(faults.isEmpty(), () -> step + " was not refused, expected " + faults);
        return key;
    }

    /** Checks that the selector has the registrations that the model has. */
    public void checkRegistrations() {
        Map<Object, SelectorKey> keys = selector.keys();
        check(keys.size() == model.registered(), () -> model.registered() + " are registered, not " + keys);
        for (int source = 0; source < model.size(); source++) {
            SelectorKey key = keys.get(fileobj(source));
            int s = source;
            check((key != null) == model.isRegistered(source), () -> "source " + s + " has the key " + key);
            if (key != null) {
                checkKey(source, key);
            }
        }
    }

    void checkKey(int source, SelectorKey key) {
        check(
                key.fileobj() == fileobj(source)
                        && key.events() == model.events(source)
                        && Integer.valueOf(model.data(source)).equals(key.data()),
                () -> "source " + source + " has the key " + key + ", expected " + Events.toString(model.events(source))
                        + " and data " + model.data(source));
    }

    void drain(int source) throws IOException {
        long start = System.nanoTime();
        int taken = link(source).drain();
        while (taken < model.pending(source)) {
            checkTime(start, () -> "what was sent to source " + source + " arrives");
            taken += link(source).drain();
        }
        int all = taken;
        check(all == model.pending(source), () -> all + " things came out of source " + source);
        model.drain(source);
    }

    void select(boolean mayWait) throws IOException {
        int[] missing = new int[model.size()];
        boolean returns = model.isWoken();
        for (int source = 0; source < missing.length; source++) {
            missing[source] = mustReport(source);
            returns |= missing[source] != 0;
        }
        model.select();
        long start = System.nanoTime();
        List<Ready> reported = mayWait && returns ? selector.select(patience) : selector.selectNow();
        checkTime(start, () -> "a select ends that was woken or has something to report");
        take(reported, missing);
        for (int source = 0; source < missing.length; source++) {
            int s = source;
            check(
                    missing[s] == 0 || unsettled.get(s),
                    () -> "source " + s + " was lost: reported " + reported + ", missing "
                            + Events.toString(missing[s]));
        }
        while (anyOf(missing)) {
            checkTime(start, () -> "what was sent just now is reported");
            take(selector.selectNow(), missing);
        }
        unsettled.clear();
    }

    /**
     * Returns the directions of {@code source} that must come. A peer that is gone shows in every direction, also in one
     * that the source never had, but there only where a hang-up is told apart.
     */
    private int mustReport(int source) {
        int due = model.due(source);
        return selector.capabilities().contains(Capability.HANGUP)
                ? due
                : due & link(source).kind().directions();
    }

    /** Checks each entry against the model, and takes it off what is missing. */
    private void take(List<Ready> reported, int[] missing) {
        BitSet seen = new BitSet();
        for (Ready ready : reported) {
            int source = numberOf(ready.key());
            check(source >= 0 && model.isRegistered(source), () -> "not registered, but reported: " + ready);
            check(!seen.get(source), () -> "two entries for one key: " + reported);
            seen.set(source);
            checkKey(source, ready.key());
            int directions = ready.ready() & Events.DIRECTIONS;
            int due = model.due(source);
            check(
                    directions != 0 && (directions & ~due) == 0,
                    () -> "source " + source + " is due for " + Events.toString(due) + ", but reported: " + ready);
            check(
                    directions == ready.ready() || model.isPeerGone(source),
                    () -> "the peer of source " + source + " is there, but reported: " + ready);
            model.reported(source, directions);
            missing[source] &= ~directions;
        }
    }

    private int numberOf(SelectorKey key) {
        for (int source = 0; source < links.size(); source++) {
            if (fileobj(source) == key.fileobj()) {
                return source;
            }
        }
        return -1;
    }

    private static boolean anyOf(int[] bits) {
        for (int bit : bits) {
            if (bit != 0) {
                return true;
            }
        }
        return false;
    }

    private void checkTime(long start, Supplier<String> what) {
        check(System.nanoTime() - start < patience.toNanos(), () -> "not within " + patience + ": " + what.get());
    }

    static void check(boolean holds, Supplier<String> otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise.get());
        }
    }

    /**
     * Ends the history: closes the selector and takes what is pending.
     *
     * @return the sources that cannot be used again, because their peer is gone
     */
    public List<Link> end() throws IOException {
        selector.close();
        List<Link> used = new ArrayList<>();
        for (int source = 0; source < links.size(); source++) {
            if (model.isPeerGone(source)) {
                used.add(link(source));
            } else {
                drain(source);
            }
        }
        return used;
    }

    /** Closes the selector. */
    @Override
    public void close() {
        selector.close();
    }
}
