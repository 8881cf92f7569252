package dev.pollux.ffm.file;

import dev.pollux.internal.signal.Signals;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Is ready to read once a signal has arrived. Linux only.
 *
 * <p>signalfd(2) takes only what every thread of the process blocks, and a JVM has threads of its own that do not. So the JVM's
 * own handler takes the signal and adds to an eventfd(2). Meanwhile the signal has no other effect: a program that takes
 * TERM, INT or HUP decides by itself when the JVM ends. Several sources for one signal each get it, as do tasks of
 * {@link dev.pollux.loop.EventLoop#onSignal}. The handler that was there before returns when the last of them is closed,
 * unless other code has taken the signal since.
 *
 * <p>The descriptor is not inherited by programs that the process starts.
 *
 * <p><b>Thread:</b> {@link #take} one at a time, usually the loop thread; everything else any.
 */
public final class SignalSource extends CountFile {

    private volatile Signals.@Nullable Listener listening;

    private SignalSource(OpeningFile opening, String signal) {
        super(opening, "SIG" + signal);
    }

    /**
     * Begins to take a signal.
     *
     * @param signal its name, as {@code kill -l} has it: {@code HUP}, or {@code SIGHUP}
     * @throws IllegalArgumentException if there is no such signal, or the JVM needs it itself; with {@code -Xrs} it leaves
     *     the system's handlers in place for more of them
     * @throws UnsupportedOperationException if this is not Linux
     * @throws IOException if a system call fails
     */
    public static SignalSource open(String signal) throws IOException {
        Objects.requireNonNull(signal, "signal");
        OpeningFile.requireLinux("signal sources", "sun.misc.Signal");
        String name = signal.startsWith("SIG") ? signal.substring("SIG".length()) : signal;
        SignalSource source;
        try (OpeningFile opening = openEventFd(0)) {
            source = opening.finish(new SignalSource(opening, name));
        }
        try {
            source.listening = Signals.listen(name, source::arrived);
            return source;
        } catch (Throwable failure) {
            source.close();
            throw failure;
        }
    }

    @Override
    void closing() {
        Signals.Listener present = listening;
        if (present != null) {
            present.close();
        }
    }

    /** Returns how often the signal was delivered since the last time; 0 if it was not. The kernel may merge some. */
    public long take() throws IOException {
        return takeCount();
    }

    private void arrived() {
        try {
            addCount(1);
        } catch (ClosedChannelException closedMeanwhile) {
            // No one waits for it any more.
        }
    }
}
