package dev.pollux.loop;

import dev.pollux.Events;
import dev.pollux.SelectorKey;
import dev.pollux.internal.selector.ConfinedSelector;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A source with its callback, as registered with a {@link CallbackRegistry} or an {@link EventLoop}.
 *
 * <p><b>Thread:</b> those of a loop, any; when a method returns, the loop has done what it says. Those of a registry
 * over a bare selector, the one that selects.
 */
public final class Registration {

    /** What a registration has until the selector has taken it. */
    private static final SelectorKey BEING_REGISTERED =
            new SelectorKey("a source that is being registered", -1, Events.NONE, null);

    private final ConfinedSelector owner;
    private final Callback callback;

    // 32 bytes with these: a program may have a hundred thousand that are idle.
    private volatile SelectorKey key = BEING_REGISTERED;
    private @Nullable Object attachment;
    private volatile boolean cancelled;

    /** The low bits of {@link Events}, which are those that can be asked for. */
    private byte wanted;

    /** The failures in a row, without sign, as far as this can count. */
    private short failuresInARow;

    Registration(ConfinedSelector owner, int events, Callback callback) {
        this.owner = owner;
        this.callback = callback;
        this.wanted = (byte) events;
    }

    /**
     * Returns the registration that a callback's key belongs to.
     *
     * @throws IllegalArgumentException if the key was not registered with a callback
     */
    public static Registration of(SelectorKey key) {
        if (key.data() instanceof Registration registration) {
            return registration;
        }
        throw new IllegalArgumentException(key + " was registered without a callback; register it with a "
                + "CallbackRegistry or an EventLoop instead");
    }

    /** Returns the source, as it was registered. */
    public Object fileobj() {
        return key.fileobj();
    }

    /** Returns what was attached last, or null. */
    public @Nullable Object attachment() {
        return attachment;
    }

    /**
     * Attaches {@code attachment}, which the loop never reads, in place of what was attached before: the loop itself
     * occupies {@link SelectorKey#data}. Seen by the loop thread at once if this is it, else once something orders the
     * two threads, such as a task.
     */
    public void attach(@Nullable Object attachment) {
        this.attachment = attachment;
    }

    /** Returns the present key, after {@link #cancel} the last one. */
    public SelectorKey key() {
        return key;
    }

    /** Returns whether the source is still registered, paused or not. */
    public boolean isActive() {
        return !cancelled && owner.isOpen();
    }

    /**
     * Watches for other events from now on; also ends a pause, and arms {@link Events#ONESHOT} again. What only the kernel
     * refuses is reported to the callback, as {@link dev.pollux.EventSelector#modify(Object, int, Object)} says.
     *
     * @throws dev.pollux.NotRegisteredException if it was cancelled
     * @throws IOException if the source is known to be closed; nothing changes then
     */
    public void modify(int events) throws IOException {
        // Nothing is allocated on the loop thread, where interests are changed all the time.
        if (owner.isHere()) {
            change(events, events);
        } else {
            owner.call(() -> change(events, events));
        }
    }

    /**
     * Watches for nothing until {@link #resume} or {@link #modify}.
     *
     * @throws dev.pollux.NotRegisteredException if it was cancelled
     */
    public void pause() throws IOException {
        if (owner.isHere()) {
            change(Events.NONE, wanted());
        } else {
            owner.call(() -> change(Events.NONE, wanted()));
        }
    }

    /**
     * Watches again for what it was registered or last modified for.
     *
     * @throws dev.pollux.NotRegisteredException if it was cancelled
     * @throws IOException if the source is known to be closed; it stays paused then
     */
    public void resume() throws IOException {
        if (owner.isHere()) {
            change(wanted(), wanted());
        } else {
            owner.call(() -> change(wanted(), wanted()));
        }
    }

    private SelectorKey change(int events, int wantedThen) throws IOException {
        key = owner.selector().modify(key.fileobj(), events, this);
        wanted = (byte) wantedThen;
        return key;
    }

    /**
     * Ends the registration: once this returns, the callback is not called again and the source may be closed. Does
     * nothing the second time, nor after the selector was closed.
     */
    public void cancel() {
        if (owner.isHere()) {
            unregister();
        } else {
            owner.callUnchecked(this::unregister);
        }
    }

    private SelectorKey unregister() {
        if (!cancelled) {
            cancelled = true;
            if (owner.isOpen()) {
                key = owner.selector().unregister(key.fileobj());
            }
        }
        return key;
    }

    void begin(SelectorKey first) {
        key = first;
    }

    void fire(int ready) throws IOException {
        callback.onReady(this, ready);
    }

    private int wanted() {
        return Byte.toUnsignedInt(wanted);
    }

    void succeeded() {
        // Looked at first: most callbacks never fail, and a store would dirty the cache line of each registration.
        if (failuresInARow != 0) {
            failuresInARow = 0;
        }
    }

    /** Counts one more failure without a success in between, up to 65 535. */
    int failed() {
        if (failuresInARow != -1) {
            failuresInARow++;
        }
        return Short.toUnsignedInt(failuresInARow);
    }

    @Override
    public String toString() {
        return "Registration[" + key.fileobj() + ", " + Events.toString(key.events()) + (cancelled ? ", cancelled" : "")
                + "]";
    }
}
