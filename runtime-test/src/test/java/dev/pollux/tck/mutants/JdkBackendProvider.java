package dev.pollux.tck.mutants;

import dev.pollux.Availability;
import dev.pollux.Capability;
import dev.pollux.Events;
import dev.pollux.spi.Backend;
import dev.pollux.spi.BackendOptions;
import dev.pollux.spi.BackendProvider;
import dev.pollux.spi.EventSink;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** A sound backend to break. */
public final class JdkBackendProvider implements BackendProvider {

    private final UnaryOperator<Backend> mutation;
    private final boolean letsGo;

    /** Leaves cancelled keys to the next select, which java.nio does by itself. */
    static JdkBackendProvider withoutSelectAfterCancel() {
        return new JdkBackendProvider(sound -> sound, false);
    }

    /** Makes a provider whose backends are what {@code mutation} makes of sound ones. */
    public JdkBackendProvider(UnaryOperator<Backend> mutation) {
        this(mutation, true);
    }

    private JdkBackendProvider(UnaryOperator<Backend> mutation, boolean letsGo) {
        this.mutation = mutation;
        this.letsGo = letsGo;
    }

    @Override
    public String name() {
        return "jdk";
    }

    @Override
    public int priority() {
        return 0;
    }

    @Override
    public Set<Capability> capabilities() {
        return Set.of(Capability.JAVA_CHANNELS);
    }

    @Override
    public Availability availability() {
        return Availability.available();
    }

    @Override
    public Backend open(BackendOptions options) throws IOException {
        return mutation.apply(new JdkBackend(Selector.open(), letsGo));
    }

    private static final class JdkBackend implements Backend {

        private final Selector selector;
        private final boolean letsGo;
        private final Consumer<SelectionKey> report = this::report;
        private EventSink sink = (token, ready) -> {};

        JdkBackend(Selector selector, boolean letsGo) {
            this.selector = selector;
            this.letsGo = letsGo;
        }

        private static int toOps(Object fileobj, int events) {
            int read = SelectionKey.OP_READ | SelectionKey.OP_ACCEPT;
            int write = SelectionKey.OP_WRITE | SelectionKey.OP_CONNECT;
            int ops = ((events & Events.READ) != 0 ? read : 0) | ((events & Events.WRITE) != 0 ? write : 0);
            return ops & ((SelectableChannel) fileobj).validOps();
        }

        private static int fromOps(int ops) {
            return ((ops & (SelectionKey.OP_READ | SelectionKey.OP_ACCEPT)) != 0 ? Events.READ : 0)
                    | ((ops & (SelectionKey.OP_WRITE | SelectionKey.OP_CONNECT)) != 0 ? Events.WRITE : 0);
        }

        @Override
        public void add(Object fileobj, int fd, int events, long token) throws IOException {
            letGo();
            ((SelectableChannel) fileobj).register(selector, toOps(fileobj, events), token);
        }

        @Override
        public void change(Object fileobj, int fd, int events, long token) throws IOException {
            SelectionKey key = ((SelectableChannel) fileobj).keyFor(selector);
            if (key == null || !key.isValid()) {
                throw new ClosedChannelException();
            }
            key.interestOps(toOps(fileobj, events));
        }

        @Override
        public void remove(Object fileobj, int fd, long token) {
            SelectionKey key = ((SelectableChannel) fileobj).keyFor(selector);
            if (key != null) {
                key.cancel();
                if (letsGo) {
                    letGo();
                }
            }
        }

        /** Only a select lets go of cancelled keys. */
        private void letGo() {
            try {
                selector.selectNow(key -> {});
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void await(long timeoutNanos, EventSink sink) throws IOException {
            this.sink = sink;
            if (timeoutNanos == 0) {
                selector.selectNow(report);
            } else {
                selector.select(report, timeoutNanos / 1_000_000 + (timeoutNanos % 1_000_000 == 0 ? 0 : 1));
            }
        }

        private void report(SelectionKey key) {
            sink.ready((Long) key.attachment(), fromOps(key.readyOps()));
        }

        @Override
        public void wakeup() {
            selector.wakeup();
        }

        @Override
        public void close() {
            try {
                selector.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
