package dev.pollux.ffm.file;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * Is ready to read once a signal has arrived. Linux only.
 *
 * <p>signalfd(2) takes only what every thread of the process blocks, and a JVM has threads that nobody asked. So the JVM's
 * own handler takes the signal and adds to an eventfd(2). Meanwhile the signal has no other effect: who takes TERM, INT or
 * HUP decides about the JVM's end himself. Several sources for one signal each get it. The handler that was there before
 * returns when the last of them is closed.
 *
 * <p>The descriptor is not inherited by programs that the process starts.
 *
 * <p><b>Thread:</b> {@link #take} one at a time, usually the loop thread; everything else any.
 */
public final class SignalSource extends CountFile {

    /** By signal, while it has a source; guards itself and what is in it. */
    private static final Map<String, Delivery> DELIVERIES = new HashMap<>();

    private final String signal;

    private SignalSource(OpeningFile opening, String signal) {
        super(opening, "SIG" + signal);
        this.signal = signal;
    }

    /**
     * Begins to take a signal.
     *
     * @param signal its name, as {@code kill -l} has it: {@code HUP}, or {@code SIGHUP}
     * @throws IllegalArgumentException if there is no such signal, or the JVM needs it itself; with {@code -Xrs} it leaves
     *     the system's handlers in place for more of them
     * @throws UnsupportedOperationException if this is not Linux
     * @throws IOException if the kernel refuses
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
            source.install();
        } catch (IllegalArgumentException refused) {
            source.close();
            throw new IllegalArgumentException(
                    "signal " + signal + " cannot be taken: " + refused.getMessage()
                            + "; use another one, for instance HUP or WINCH",
                    refused);
        }
        return source;
    }

    private void install() {
        synchronized (DELIVERIES) {
            Delivery delivery = DELIVERIES.get(signal);
            if (delivery == null) {
                delivery = new Delivery(new Signal(signal));
                delivery.previous = Signal.handle(delivery.signal, delivery);
                DELIVERIES.put(signal, delivery);
            }
            delivery.sources.add(this);
        }
    }

    @Override
    void closing() {
        synchronized (DELIVERIES) {
            Delivery delivery = DELIVERIES.get(signal);
            if (delivery != null && delivery.sources.remove(this) && delivery.sources.isEmpty()) {
                DELIVERIES.remove(signal);
                delivery.restore();
            }
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
            // Nobody waits for it any more.
        }
    }

    /** The JVM calls it on a thread of its own for each signal. */
    private static final class Delivery implements SignalHandler {

        private final Signal signal;
        private final List<SignalSource> sources = new CopyOnWriteArrayList<>();
        private @Nullable SignalHandler previous;

        Delivery(Signal signal) {
            this.signal = signal;
        }

        @Override
        public void handle(Signal arrived) {
            sources.forEach(SignalSource::arrived);
        }

        void restore() {
            SignalHandler present = Signal.handle(signal, previous);
            if (present != this) {
                // Somebody has taken the signal after us, and keeps it.
                Signal.handle(signal, present);
            }
        }
    }
}
