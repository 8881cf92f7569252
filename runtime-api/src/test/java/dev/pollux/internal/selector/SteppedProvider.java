package dev.pollux.internal.selector;

import dev.pollux.Availability;
import dev.pollux.Capability;
import dev.pollux.spi.Backend;
import dev.pollux.spi.BackendOptions;
import dev.pollux.spi.BackendProvider;
import dev.pollux.spi.EventSink;
import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Backends that never sleep: each wait is what the test says it is, and time passes only as the test has it pass. */
final class SteppedProvider implements BackendProvider {

    /** One wait of the backend. */
    interface Step {
        void await(long timeoutNanos, EventSink sink) throws IOException;
    }

    /** What the descriptor of a channel is; any other channel does not tell its own. */
    final Map<SelectableChannel, Integer> descriptors = new LinkedHashMap<>();

    /** Tokens by descriptor, of what the present backend watches. */
    final Map<Integer, Long> tokens = new LinkedHashMap<>();

    /** What each descriptor is watched for. */
    final Map<Integer, Integer> interests = new LinkedHashMap<>();

    final List<String> calls = new ArrayList<>();
    final List<Long> timeouts = new ArrayList<>();
    Step step = (timeoutNanos, sink) -> {};
    Runnable atWakeup = () -> {};

    /** The descriptor of each backend that is opened. */
    int descriptor = -1;

    /** Thrown by {@code flush}, if set. */
    IOException flushFailure;

    /** Runs at each {@code flush}. */
    Runnable atFlush = () -> {};

    /** Runs at each call of {@link #capabilities}. */
    Runnable atCapabilities = () -> {};

    /** What a backend does when it is called. */
    interface Reaction {
        void at(int fd) throws IOException;
    }

    /** Runs at each {@code change}. */
    Reaction atChange = fd -> {};

    /** Thrown by {@code change}, if set. */
    IOException changeFailure;

    private final Set<Capability> capabilities;

    SteppedProvider(Capability... capabilities) {
        this.capabilities = Set.of(capabilities);
    }

    @Override
    public String name() {
        return "stepped";
    }

    @Override
    public int priority() {
        return 1;
    }

    @Override
    public Set<Capability> capabilities() {
        atCapabilities.run();
        return capabilities;
    }

    @Override
    public Availability availability() {
        return Availability.available();
    }

    @Override
    public int descriptor(SelectableChannel channel) {
        return descriptors.getOrDefault(channel, -1);
    }

    /** How often a backend was told to submit what it put off. */
    int flushes;

    /** Opens a backend; the tokens are those of the one opened last. */
    @Override
    public Backend open(BackendOptions options) {
        calls.add("open");
        tokens.clear();
        interests.clear();
        return new Backend() {
            @Override
            public void add(Object fileobj, int fd, int events, long token) {
                calls.add("add " + fd);
                tokens.put(fd, token);
                interests.put(fd, events);
            }

            @Override
            public void change(Object fileobj, int fd, int events, long token) throws IOException {
                calls.add("change " + fd);
                atChange.at(fd);
                if (changeFailure != null) {
                    throw changeFailure;
                }
                interests.put(fd, events);
            }

            @Override
            public void remove(Object fileobj, int fd, long token) {
                calls.add("remove " + fd);
                tokens.remove(fd);
                interests.remove(fd);
            }

            @Override
            public void attach(Thread thread) {
                calls.add("attach " + thread.getName());
            }

            @Override
            public void flush() throws IOException {
                flushes++;
                atFlush.run();
                if (flushFailure != null) {
                    throw flushFailure;
                }
            }

            @Override
            public int descriptor() {
                return descriptor;
            }

            @Override
            public void await(long timeoutNanos, EventSink sink) throws IOException {
                timeouts.add(timeoutNanos);
                step.await(timeoutNanos, sink);
            }

            @Override
            public void wakeup() {
                calls.add("wakeup");
                atWakeup.run();
            }

            @Override
            public void close() {
                calls.add("close");
            }
        };
    }
}
