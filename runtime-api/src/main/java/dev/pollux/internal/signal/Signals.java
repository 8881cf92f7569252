package dev.pollux.internal.signal;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Takes signals of the process for all who listen. The JVM has one handler per signal, so one is installed for the first
 * listener, and the last one that leaves gives the signal back to the handler before it, unless code that is not ours has
 * taken the signal since.
 *
 * <p><b>Thread:</b> any.
 */
public final class Signals {

    /**
     * By number, because some have two names: CHLD and CLD. One stays for good, because code that took the signal after it
     * may put it back at any time. Guards itself and what is in it.
     */
    private static final Map<Integer, Dispatcher> DISPATCHERS = new HashMap<>();

    private Signals() {}

    /** One who listens. */
    public interface Listener extends AutoCloseable {

        /** Stops listening. Does nothing the second time. */
        @Override
        void close();
    }

    /**
     * Runs {@code arrived} each time a signal arrives, on a thread of the JVM's.
     *
     * @param name as {@code kill -l} has it: {@code HUP}, or {@code SIGHUP}
     * @throws IllegalArgumentException if there is no such signal, or the JVM keeps it for itself
     */
    public static Listener listen(String name, Runnable arrived) {
        JvmSignal signal = JvmSignal.of(name);
        synchronized (DISPATCHERS) {
            Dispatcher dispatcher = DISPATCHERS.get(signal.number());
            if (dispatcher == null) {
                dispatcher = new Dispatcher(signal);
            }
            dispatcher.join(arrived);
            DISPATCHERS.put(signal.number(), dispatcher);
            return new Listening(dispatcher, arrived);
        }
    }

    /** Hands {@code task} to {@code executor} each time a signal arrives, until that rejects it. */
    public static Listener listen(String name, Executor executor, Runnable task) {
        return listen(name, () -> {
            try {
                executor.execute(task);
            } catch (RejectedExecutionException ended) {
                // This listener is about to be closed; the others still get the signal.
            }
        });
    }

    private static final class Listening implements Listener {

        private final Dispatcher dispatcher;
        private @Nullable Runnable arrived;

        Listening(Dispatcher dispatcher, Runnable arrived) {
            this.dispatcher = dispatcher;
            this.arrived = arrived;
        }

        @Override
        public void close() {
            synchronized (DISPATCHERS) {
                if (arrived != null) {
                    dispatcher.leave(arrived);
                    arrived = null;
                }
            }
        }
    }

    /** The handler of one signal. */
    private static final class Dispatcher {

        private final JvmSignal signal;
        private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
        private final Object handler;
        private @Nullable Object before;

        Dispatcher(JvmSignal signal) {
            this.signal = signal;
            this.handler = signal.handler(this::arrived);
        }

        void join(Runnable listener) {
            if (listeners.isEmpty()) {
                Object present = signal.handle(handler);
                before = present == handler ? before : present;
            }
            listeners.add(listener);
        }

        void leave(Runnable listener) {
            listeners.remove(listener);
            if (listeners.isEmpty()) {
                giveBack();
            }
        }

        /**
         * Returns the signal to the handler before, if it is still ours. Who has it can be found out only by taking it: what is
         * put there for that moment is our own handler, never the one before, which might end the process.
         */
        private void giveBack() {
            Object present = signal.handle(handler);
            signal.handle(present == handler ? before : present);
        }

        private void arrived() {
            if (isListenedTo()) {
                listeners.forEach(Runnable::run);
            } else {
                signal.raise();
            }
        }

        /**
         * Without a listener, this was called either in the moment of {@link #giveBack}, or because code that took the signal
         * after us has put us back: it belongs to the handler before us.
         */
        private boolean isListenedTo() {
            if (!listeners.isEmpty()) {
                return true;
            }
            synchronized (DISPATCHERS) {
                if (!listeners.isEmpty()) {
                    return true;
                }
                giveBack();
                return false;
            }
        }
    }
}
