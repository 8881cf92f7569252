package dev.pollux.tck.model;

import dev.pollux.AlreadyRegisteredException;
import dev.pollux.Events;
import dev.pollux.NotRegisteredException;
import dev.pollux.tck.source.TestSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a selector has to know and to say, as plainly as possible: sources are numbered, nothing is ever waited for, and
 * nothing is fast.
 *
 * <p>Calls that the contract refuses are not made on the model. Ask for their {@code faults} first.
 */
public final class SelectorModel {

    private static final int LEGAL = Events.DIRECTIONS | Events.MODES;

    /** One source, as the world has it. */
    private static final class Source {

        final TestSource.Kind kind;
        int pending;
        boolean full;
        boolean inputEnded;
        boolean peerGone;
        boolean gone;

        @Nullable
        Watch watch;

        Source(TestSource.Kind kind) {
            this.kind = kind;
        }
    }

    /** One registration. */
    private static final class Watch {

        int events;
        int armed;
        int data;
    }

    private final List<Source> sources = new ArrayList<>();
    private final boolean channels;
    private boolean woken;

    /**
     * Makes a model in which nothing is registered.
     *
     * @param kinds the sources, by number
     * @param channels whether they are Java channels, which can only be watched for what they can do; listeners always
     *     are
     */
    public SelectorModel(List<TestSource.Kind> kinds, boolean channels) {
        this.channels = channels;
        kinds.forEach(kind -> sources.add(new Source(kind)));
    }

    /** Returns how many sources there are. */
    public int size() {
        return sources.size();
    }

    /** Returns how many of them are registered. */
    public int registered() {
        return (int) sources.stream().filter(s -> s.watch != null).count();
    }

    /** Returns whether a source is registered. */
    public boolean isRegistered(int source) {
        return sources.get(source).watch != null;
    }

    /** Returns the interest of a registered source, with its modes. */
    public int events(int source) {
        return watch(source).events;
    }

    /** Returns the data of a registered source. */
    public int data(int source) {
        return watch(source).data;
    }

    private Watch watch(int source) {
        Watch watch = sources.get(source).watch;
        if (watch == null) {
            throw new IllegalStateException("source " + source + " is not registered");
        }
        return watch;
    }

    /** Returns the exceptions that the contract has for this call, any of which may come; empty if it is in order. */
    public List<Class<? extends RuntimeException>> faultsOfRegister(int source, int events) {
        List<Class<? extends RuntimeException>> faults = faultsOf(source, events);
        if (isRegistered(source)) {
            faults.add(AlreadyRegisteredException.class);
        }
        return faults;
    }

    /** Returns the exceptions that the contract has for this call, any of which may come; empty if it is in order. */
    public List<Class<? extends RuntimeException>> faultsOfModify(int source, int events) {
        List<Class<? extends RuntimeException>> faults = faultsOf(source, events);
        if (!isRegistered(source)) {
            faults.add(NotRegisteredException.class);
        }
        return faults;
    }

    /** Returns the exceptions that the contract has for this call; empty if it is in order. */
    public List<Class<? extends RuntimeException>> faultsOfUnregister(int source) {
        return isRegistered(source) ? List.of() : List.of(NotRegisteredException.class);
    }

    private List<Class<? extends RuntimeException>> faultsOf(int source, int events) {
        List<Class<? extends RuntimeException>> faults = new ArrayList<>();
        TestSource.Kind kind = sources.get(source).kind;
        boolean channel = channels || kind == TestSource.Kind.LISTENER;
        boolean fits = (events & Events.DIRECTIONS & ~kind.directions()) == 0;
        boolean modeOnly = events != Events.NONE && (events & Events.DIRECTIONS) == 0;
        if ((events & ~LEGAL) != 0 || modeOnly || (channel && !fits)) {
            faults.add(IllegalArgumentException.class);
        }
        return faults;
    }

    /** Registers a source. */
    public void register(int source, int events, int data) {
        sources.get(source).watch = new Watch();
        modify(source, events, data);
    }

    /** Changes a registration, and arms it whatever it has reported. */
    public void modify(int source, int events, int data) {
        Watch watch = watch(source);
        watch.events = events;
        watch.armed = events & Events.DIRECTIONS;
        watch.data = data;
    }

    /** Ends a registration. */
    public void unregister(int source) {
        watch(source);
        sources.get(source).watch = null;
    }

    /** Returns whether something can be sent to a source. */
    public boolean canReceive(int source) {
        Source s = sources.get(source);
        return (s.kind.directions() & Events.READ) != 0 && !s.peerGone && !s.inputEnded && !s.gone;
    }

    /** Returns whether something can be sent by a source. */
    public boolean canSend(int source) {
        Source s = sources.get(source);
        return (s.kind.directions() & Events.WRITE) != 0 && !s.peerGone && !s.gone;
    }

    /** Returns how many things can be taken from a source. */
    public int pending(int source) {
        return sources.get(source).pending;
    }

    /** One more thing can be taken from a source. */
    public void makeReadable(int source) {
        sources.get(source).pending++;
    }

    /** Everything was taken from a source. */
    public void drain(int source) {
        sources.get(source).pending = 0;
    }

    /** A source has sent so much that there is no more room. */
    public void fill(int source) {
        sources.get(source).full = true;
    }

    /** The other end has taken all that a source has sent. */
    public void relieve(int source) {
        sources.get(source).full = false;
    }

    /** Returns whether there is no room for what a source would send. */
    public boolean isFull(int source) {
        return sources.get(source).full;
    }

    /** The other end of a source sends no more. */
    public void endInput(int source) {
        sources.get(source).inputEnded = true;
    }

    /** Returns whether the other end of a source sends no more. */
    public boolean isInputEnded(int source) {
        return sources.get(source).inputEnded;
    }

    /** A source is closed behind the selector's back. */
    public void closeSource(int source) {
        sources.get(source).gone = true;
    }

    /** Returns whether a source is closed. */
    public boolean isGone(int source) {
        return sources.get(source).gone;
    }

    /** The other end of a source is closed. Connections that wait to be accepted go on waiting. */
    public void closePeer(int source) {
        Source s = sources.get(source);
        s.peerGone = s.kind != TestSource.Kind.LISTENER;
    }

    /** Returns whether the other end of a source is closed. */
    public boolean isPeerGone(int source) {
        return sources.get(source).peerGone;
    }

    /** The next wait ends at once. */
    public void wakeup() {
        woken = true;
    }

    /** Returns whether the next wait ends at once. */
    public boolean isWoken() {
        return woken;
    }

    /** A select began, which uses up whatever wakeups there were. */
    public void select() {
        woken = false;
    }

    /**
     * Returns the directions in which a source is ready, asked for or not. Without a peer both are: whatever is tried
     * then does not block, and most of it fails.
     */
    public int ready(int source) {
        Source s = sources.get(source);
        if (s.gone) {
            return 0;
        }
        if (s.peerGone) {
            return Events.READ | Events.WRITE;
        }
        boolean readable = s.pending > 0 || s.inputEnded;
        return s.kind.directions() & ((readable ? Events.READ : 0) | (s.full ? 0 : Events.WRITE));
    }

    /** Returns the directions that a select must report for a source, no more and no less. */
    public int due(int source) {
        return ready(source) & armed(source);
    }

    /** Returns the directions that a source is watched for now: none if it is not registered. */
    public int armed(int source) {
        Watch watch = sources.get(source).watch;
        return watch == null ? 0 : watch.armed;
    }

    /** A select has reported {@code directions} of a source; one-shot registrations have had these. */
    public void reported(int source, int directions) {
        Watch watch = watch(source);
        if ((watch.events & Events.ONESHOT) != 0) {
            watch.armed &= ~directions;
        }
    }
}
