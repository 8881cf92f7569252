package dev.pollux.tck.model;

import dev.pollux.Capability;
import dev.pollux.EventSelector;
import dev.pollux.Events;
import dev.pollux.Fd;
import dev.pollux.HasFd;
import dev.pollux.Ready;
import dev.pollux.ReadyHandler;
import dev.pollux.SelectorKey;
import dev.pollux.tck.source.Descriptors;
import dev.pollux.tck.source.TestSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.CompletableFuture;
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
    private final List<TestSource> links;
    private final SelectorModel model;
    private final @Nullable Descriptors descriptors;
    private final int batchLimit;
    private final Duration patience;
    private final List<Descriptors.Pair> strangers = new ArrayList<>();
    private final List<String> outcomes = new ArrayList<>();
    private final BitSet unsettled = new BitSet();
    private final List<Step> history = new ArrayList<>();

    /**
     * Begins a history in which nothing is registered, nothing pending, and no peer gone.
     *
     * @param selector closed in the end
     * @param links the sources, by number; stay open
     * @param descriptors what made them; null if they are Java channels. Listeners always are
     * @param batchLimit how many sources one wait reports at most
     * @param patience the time after which something that must come is missed
     */
    public Run(
            EventSelector selector,
            List<TestSource> links,
            @Nullable Descriptors descriptors,
            int batchLimit,
            Duration patience) {
        this.selector = selector;
        this.links = List.copyOf(links);
        this.model = new SelectorModel(links.stream().map(TestSource::kind).toList(), descriptors == null);
        this.descriptors = descriptors;
        this.batchLimit = batchLimit;
        this.patience = patience;
    }

    /** Makes one step on both and compares. */
    public void apply(Step step) {
        history.add(step);
        outcomes.add(step.toString());
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

    /**
     * Returns for each step what the selector answered, as far as the contract leaves it no choice: another run of the
     * same steps must have the same, on any backend.
     */
    public List<String> outcomes() {
        return List.copyOf(outcomes);
    }

    private void answered(String answer) {
        int last = outcomes.size() - 1;
        outcomes.set(last, outcomes.get(last) + " " + answer);
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

    TestSource link(int source) {
        return links.get(source);
    }

    Object fileobj(int source) {
        return link(source).fileobj();
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
                    () -> step + " failed with " + refusal + ", expected " + faults);
            answered(refusal.getClass().getSimpleName());
            return null;
        }
        check(faults.isEmpty(), () -> step + " did not fail, expected " + faults);
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

    void modify(Step step, Object fileobj, int source, int events, int data) throws IOException {
        modify(step, source, events, data, () -> selector.modify(fileobj, events, data));
    }

    void modifyEvents(Step step, int source, int events) throws IOException {
        int data = model.isRegistered(source) ? model.data(source) : 0;
        modify(step, source, events, data, () -> selector.modify(fileobj(source), events));
    }

    private void modify(Step step, int source, int events, int data, Call call) throws IOException {
        SelectorKey old = selector.keys().get(fileobj(source));
        SelectorKey key;
        try {
            key = callOrRefusal(step, model.faultsOfModify(source, events), call);
        } catch (IOException refused) {
            check(model.isGone(source), () -> step + " failed with " + refused);
            return;
        }
        if (key != null) {
            SelectorKey changed = key;
            boolean same = model.events(source) == events && model.data(source) == data;
            check(same == (key == old), () -> step + " made of " + old + " the key " + changed);
            model.modify(source, events, data);
            checkKey(source, key);
        }
    }

    void lookUp(Step step, Object fileobj, int source) throws IOException {
        SelectorKey key = callOrRefusal(step, model.faultsOfUnregister(source), () -> selector.key(fileobj));
        if (key != null) {
            checkKey(source, key);
        }
    }

    void unregister(Step step, Object fileobj, int source) throws IOException {
        SelectorKey key = callOrRefusal(step, model.faultsOfUnregister(source), () -> selector.unregister(fileobj));
        if (key != null) {
            checkKey(source, key);
            model.unregister(source);
        }
    }

    /** A source that was closed meanwhile may be refused, and then everything goes on as before. */
    void swap() throws IOException {
        try {
            selector.swap(selector.backend());
        } catch (IOException refused) {
            for (int source = 0; source < model.size(); source++) {
                if (model.isGone(source) && model.armed(source) != 0) {
                    return;
                }
            }
            throw refused;
        }
    }

    void wakeupElsewhere() {
        CompletableFuture.runAsync(selector::wakeup).join();
        model.wakeup();
    }

    void drain(int source) throws IOException {
        if (model.isGone(source)) {
            return;
        }
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

    void relieve(int source) throws IOException {
        if (model.isFull(source) && model.canSend(source)) {
            check(link(source).relieve() > 0, () -> "source " + source + " was full of nothing");
            model.relieve(source);
        }
    }

    void closePeer(int source) throws IOException {
        if (!model.isGone(source)) {
            // A peer that leaves with something unread resets the connection, and what it had sent may be lost.
            relieve(source);
            link(source).closePeer();
            model.closePeer(source);
            unsettle(source);
        }
    }

    /** Returns whether a source is an open descriptor. */
    boolean hasNumber(int source) {
        return descriptors != null && fileobj(source) instanceof HasFd && !model.isGone(source);
    }

    Fd number(int source) {
        return Fd.of(((HasFd) fileobj(source)).fd());
    }

    /** In one call, so that no one else in the process can get the number in between. */
    void giveNumberAway(int source) throws IOException {
        if (descriptors != null && hasNumber(source)) {
            Descriptors.Pair stranger = descriptors.pipe();
            strangers.add(stranger);
            descriptors.write(stranger.second(), new byte[1]);
            descriptors.dup2(stranger.first(), number(source).fd());
            model.closeSource(source);
        }
    }

    /** What one select has to report and has reported, by source. */
    private final class Report implements ReadyHandler {

        final int[] missing = new int[model.size()];
        final int[] told = new int[model.size()];
        final BitSet seen = new BitSet();

        /** Whether a handler has changed what may have been in the same batch, and then is not reported. */
        boolean changed;

        boolean full;

        Report() {
            for (int source = 0; source < missing.length; source++) {
                missing[source] = mustReport(source);
            }
        }

        boolean isDue() {
            return Arrays.stream(missing).anyMatch(bits -> bits != 0);
        }

        /** Goes on with another select. */
        void again() {
            full |= seen.cardinality() + (changed ? 1 : 0) >= batchLimit;
            changed = false;
            seen.clear();
        }

        /** Checks an entry against the model, and takes it off what is missing. */
        @Override
        public void onReady(SelectorKey key, int ready) throws IOException {
            int source = numberOf(key);
            check(
                    source >= 0 && model.isRegistered(source),
                    () -> "not registered, but reported: " + key + " for " + Events.toString(ready));
            check(!seen.get(source), () -> "source " + source + " has two entries in one select");
            seen.set(source);
            checkKey(source, key);
            int directions = ready & Events.DIRECTIONS;
            // Of a closed descriptor, poll(2) reports that it is closed, and more if its number has a new owner.
            int possible = model.isGone(source) ? model.armed(source) : model.due(source);
            check(
                    directions != 0 && (directions & ~possible) == 0,
                    () -> "source " + source + " is due for " + Events.toString(possible) + ", but reported for "
                            + Events.toString(ready));
            check(
                    directions == ready || model.isPeerGone(source) || model.isGone(source),
                    () -> "the peer of source " + source + " is there, but reported: " + Events.toString(ready));
            model.reported(source, directions);
            missing[source] &= ~directions;
            told[source] |= directions & link(source).kind().directions();
        }

        void checkNothingLost() {
            again();
            for (int source = 0; source < missing.length; source++) {
                int s = source;
                check(
                        missing[s] == 0 || unsettled.get(s) || full,
                        () -> "source " + s + " was lost: told " + Arrays.toString(told) + ", missing "
                                + Events.toString(missing[s]));
            }
        }

        @Override
        public String toString() {
            StringJoiner entries = new StringJoiner(", ", "{", "}");
            for (int source = 0; source < told.length; source++) {
                if (told[source] != 0) {
                    entries.add(source + "=" + Events.toString(told[source]));
                }
            }
            return entries.toString();
        }
    }

    void select(boolean mayWait) throws IOException {
        checkModel();
        Report report = new Report();
        boolean returns = model.isWoken() || report.isDue();
        model.select();
        long start = System.nanoTime();
        List<Ready> reported = mayWait && returns ? selector.select(patience) : selector.selectNow();
        checkTime(start, () -> "a select ends that was woken or has something to report");
        for (Ready ready : reported) {
            report.onReady(ready.key(), ready.ready());
        }
        complete(report, start);
    }

    /** Makes a step inside the first handler. What it is about need not be reported any more by the same select. */
    void selectAnd(Step inside) throws IOException {
        checkModel();
        Report report = new Report();
        model.select();
        long start = System.nanoTime();
        boolean[] done = new boolean[1];
        selector.select(Duration.ZERO, (key, ready) -> {
            report.onReady(key, ready);
            if (!done[0]) {
                done[0] = true;
                inside.apply(this);
                if (inside.source() >= 0) {
                    report.changed = true;
                    report.missing[inside.source()] = 0;
                }
            }
        });
        complete(report, start);
    }

    private void complete(Report report, long start) throws IOException {
        report.checkNothingLost();
        while (report.isDue()) {
            checkTime(start, () -> "what was sent just now is reported, and what a batch had no room for");
            model.select();
            selector.select(Duration.ZERO, report);
            report.again();
        }
        unsettled.clear();
        answered(report.toString());
    }

    /** Fails in the first handler. What was not delivered is as due as before. */
    void selectAndFail() throws IOException {
        checkModel();
        Report report = new Report();
        model.select();
        IOException failure = new IOException("the first handler");
        try {
            int count = selector.select(Duration.ZERO, (key, ready) -> {
                report.onReady(key, ready);
                throw failure;
            });
            check(count == 0, () -> "a handler threw, but select returned " + count);
            report.checkNothingLost();
        } catch (IOException thrown) {
            check(thrown == failure, () -> "a handler's exception became " + thrown);
        }
    }

    /** Checks that the model says of each descriptor what poll(2) says, which knows nothing of any selector. */
    private void checkModel() {
        for (int source = 0; source < model.size(); source++) {
            if (descriptors != null && hasNumber(source)) {
                int number = number(source).fd();
                int s = source;
                descriptors.poll(number).ifPresent(bits -> {
                    boolean trouble = (bits & Events.REPORTED_ONLY) != 0;
                    int ready = trouble ? Events.READ | Events.WRITE : bits & (Events.READ | Events.WRITE);
                    check(
                            ready == model.ready(s),
                            () -> "source " + s + " is ready for " + Events.toString(model.ready(s))
                                    + " by the model, but poll(2) says " + Events.toString(bits));
                });
            }
        }
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

    private int numberOf(SelectorKey key) {
        for (int source = 0; source < links.size(); source++) {
            if (fileobj(source) == key.fileobj()) {
                return source;
            }
        }
        return -1;
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
    public List<TestSource> end() throws IOException {
        selector.close();
        closeStrangers();
        List<TestSource> used = new ArrayList<>();
        for (int source = 0; source < links.size(); source++) {
            if (model.isPeerGone(source) || model.isInputEnded(source) || model.isGone(source)) {
                used.add(link(source));
            } else {
                drain(source);
                relieve(source);
            }
        }
        return used;
    }

    /** Each of them must still have what was sent to it: the selector has no business with the new owner of a number. */
    private void closeStrangers() throws IOException {
        if (descriptors == null) {
            return;
        }
        for (Descriptors.Pair stranger : strangers) {
            int left = descriptors.read(stranger.first(), new byte[2]);
            check(left == 1, () -> "of the byte that a number's new owner had, this is left: " + left);
            descriptors.close(stranger.first());
            descriptors.close(stranger.second());
        }
        strangers.clear();
    }

    /** Closes the selector. */
    @Override
    public void close() {
        selector.close();
    }
}
