package dev.pollux.simulation.world;

import dev.pollux.Availability;
import dev.pollux.Capability;
import dev.pollux.simulation.Simulation;
import dev.pollux.spi.Backend;
import dev.pollux.spi.BackendOptions;
import dev.pollux.spi.BackendProvider;
import dev.pollux.spi.EventSink;
import java.io.IOException;
import java.util.Set;

/** Backends of a fake kernel that look at who calls them, fail when the seed has it so, and are counted. */
final class CheckedProvider implements BackendProvider {

    private final BackendProvider kernel;
    private final Swarm swarm;
    private final Simulation simulation;

    /** How many are open. */
    int open;

    boolean waitFailed;
    private boolean first = true;

    CheckedProvider(BackendProvider kernel, Swarm swarm, Simulation simulation) {
        this.kernel = kernel;
        this.swarm = swarm;
        this.simulation = simulation;
    }

    @Override
    public String name() {
        return kernel.name();
    }

    @Override
    public int priority() {
        return kernel.priority();
    }

    @Override
    public Set<Capability> capabilities() {
        return kernel.capabilities();
    }

    @Override
    public Availability availability() {
        return kernel.availability();
    }

    @Override
    public Backend open(BackendOptions options) throws IOException {
        called();
        if (!first && swarm.happens(Swarm.Trouble.OPEN_FAILS, 2)) {
            throw new IOException("no backend today");
        }
        first = false;
        Backend backend = kernel.open(options);
        open++;
        return new Checked(backend);
    }

    private void called() {
        simulation.foreignCode("a backend's call");
    }

    private final class Checked implements Backend {

        private final Backend backend;
        private boolean closed;
        private Thread inside;

        Checked(Backend backend) {
            this.backend = backend;
        }

        private void check(String call) {
            called();
            if (closed) {
                simulation.violation(call + " after the backend's close", call);
            }
        }

        private void enter(String call) {
            check(call);
            if (inside != null) {
                simulation.violation("two threads in a backend", call + " while " + inside.getName() + " is inside");
            }
            inside = Thread.currentThread();
        }

        @Override
        public void add(Object fileobj, int fd, int events, long token) throws IOException {
            enter("add");
            try {
                if (swarm.happens(Swarm.Trouble.ADD_FAILS, 3)) {
                    throw new IOException("no room for " + fileobj);
                }
                backend.add(fileobj, fd, events, token);
            } finally {
                inside = null;
            }
        }

        @Override
        public void change(Object fileobj, int fd, int events, long token) throws IOException {
            enter("change");
            try {
                backend.change(fileobj, fd, events, token);
            } finally {
                inside = null;
            }
        }

        @Override
        public void remove(Object fileobj, int fd, long token) {
            enter("remove");
            try {
                backend.remove(fileobj, fd, token);
            } finally {
                inside = null;
            }
        }

        @Override
        public void await(long timeoutNanos, EventSink sink) throws IOException {
            enter("await");
            try {
                if (swarm.happens(Swarm.Trouble.WAIT_FAILS, 8)) {
                    waitFailed = true;
                    throw new IOException("no wait today");
                }
                backend.await(timeoutNanos, sink);
            } finally {
                inside = null;
            }
        }

        @Override
        public void wakeup() {
            check("wakeup");
            backend.wakeup();
        }

        @Override
        public void close() {
            enter("close");
            try {
                if (!closed) {
                    closed = true;
                    open--;
                }
                backend.close();
            } finally {
                inside = null;
            }
        }
    }
}
