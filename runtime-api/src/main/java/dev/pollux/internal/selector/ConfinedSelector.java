package dev.pollux.internal.selector;

import dev.pollux.EventSelector;
import java.io.IOException;

/** A selector, and the place where it may be used. */
public final class ConfinedSelector {

    private final EventSelector selector;
    private final Confinement confinement;

    /** Pairs the two. */
    public ConfinedSelector(EventSelector selector, Confinement confinement) {
        this.selector = selector;
        this.confinement = confinement;
    }

    /** Returns the selector, to be used where {@link #isHere} holds or inside {@link #call}. */
    public EventSelector selector() {
        return selector;
    }

    /** Returns whether the selector is open. Anywhere. */
    public boolean isOpen() {
        return selector.isOpen();
    }

    /** As {@link Confinement#isHere}. */
    public boolean isHere() {
        return confinement.isHere();
    }

    /** As {@link Confinement#call}. */
    public <T> T call(Confinement.Action<T> action) throws IOException {
        return confinement.call(action);
    }

    /** As {@link Confinement#callUnchecked}. */
    public <T> T callUnchecked(Confinement.Action<T> action) {
        return confinement.callUnchecked(action);
    }
}
