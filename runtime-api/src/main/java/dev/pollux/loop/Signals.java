package dev.pollux.loop;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;

/** Signals of the process, shared by all loops: the JVM has one handler per signal. */
final class Signals {

    /** One signal that is listened to. */
    private record Listened(List<Listener> listeners, Object before) {}

    private static final Map<String, Listened> listened = new HashMap<>();

    private Signals() {}

    static SignalHandle listen(String name, EventLoop loop, Runnable task) {
        Listener listener = new Listener(name, loop, task);
        synchronized (listened) {
            Listened present = listened.get(name);
            if (present == null) {
                List<Listener> listeners = new CopyOnWriteArrayList<>(List.of(listener));
                Object before = JvmSignal.handle(name, () -> listeners.forEach(Listener::arrived));
                listened.put(name, new Listened(listeners, before));
            } else {
                present.listeners.add(listener);
            }
        }
        return listener;
    }

    private static final class Listener implements SignalHandle {

        private final String name;
        private final EventLoop loop;
        private final Runnable task;

        Listener(String name, EventLoop loop, Runnable task) {
            this.name = name;
            this.loop = loop;
            this.task = task;
        }

        void arrived() {
            try {
                loop.execute(task);
            } catch (RejectedExecutionException closed) {
                // The loop ends, and this with it; the others still want to hear of it.
            }
        }

        @Override
        public void close() {
            synchronized (listened) {
                Listened present = listened.get(name);
                if (present != null && present.listeners.remove(this) && present.listeners.isEmpty()) {
                    listened.remove(name);
                    JvmSignal.restore(name, present.before);
                }
            }
        }
    }
}
