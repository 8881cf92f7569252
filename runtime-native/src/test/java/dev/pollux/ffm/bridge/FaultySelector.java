package dev.pollux.ffm.bridge;

import dev.pollux.EventSelector;
import dev.pollux.Events;
import dev.pollux.Selectors;
import dev.pollux.ffm.testing.LibcDescriptors;
import java.io.IOException;
import java.nio.channels.Channel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.AbstractSelector;
import java.nio.channels.spi.SelectorProvider;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import sun.nio.ch.SelectionKeyImpl;
import sun.nio.ch.SelectorImpl;
import sun.nio.ch.SelectorProviderImpl;

/** The least selector that does what the JDK's does, with at most one fault. */
final class FaultySelector extends SelectorImpl {

    /** Opens them, and the channels of the JDK. */
    static SelectorProvider provider(Fault fault) {
        return new SelectorProviderImpl() {
            @Override
            public AbstractSelector openSelector() throws IOException {
                return new FaultySelector(this, fault);
            }

            @Override
            public Channel inheritedChannel() {
                return null;
            }
        };
    }

    private final Fault fault;
    private final EventSelector selector = Selectors.open("epoll");
    private final Map<SelectionKey, Watched> watched = new HashMap<>();
    private final ArrayDeque<SelectionKeyImpl> changed = new ArrayDeque<>();
    private volatile boolean woken;
    private volatile boolean waiting;
    private int calls;
    private final AtomicInteger wakeups = new AtomicInteger();

    private FaultySelector(SelectorProvider provider, Fault fault) throws IOException {
        super(provider);
        this.fault = fault;
    }

    private boolean is(Fault other) {
        return fault == other;
    }

    @Override
    protected int doSelect(Consumer<SelectionKey> action, long timeoutMillis) throws IOException {
        calls++;
        boolean removes = !is(Fault.NEEDS_TWO_SELECTS_TO_REMOVE_A_KEY) || calls % 2 == 0;
        if (removes && !is(Fault.REPORTS_A_CANCELLED_KEY)) {
            processDeregisterQueue();
        }
        applyChanges();
        List<Integer> events = new ArrayList<>();
        List<SelectionKeyImpl> ready = new ArrayList<>();
        waiting = true;
        try {
            begin();
            boolean atOnce = woken || Thread.currentThread().isInterrupted();
            long nanos = timeoutMillis < 0 ? Long.MAX_VALUE : timeoutMillis * 1_000_000;
            selector.selectNanos(atOnce ? 0 : nanos, (key, seen) -> {
                ready.add(((Watched) key.fileobj()).key);
                events.add(seen);
            });
        } finally {
            end();
            waiting = false;
            woken = false;
        }
        if (is(Fault.CLEARS_AN_INTERRUPT)) {
            Thread.interrupted();
        }
        if (removes && !is(Fault.REPORTS_A_CANCELLED_KEY)) {
            processDeregisterQueue();
        }
        try {
            return deliver(ready, events, action);
        } finally {
            if (is(Fault.REPORTS_A_CANCELLED_KEY)) {
                processDeregisterQueue();
            }
        }
    }

    private int deliver(List<SelectionKeyImpl> ready, List<Integer> events, Consumer<SelectionKey> action) {
        int count = 0;
        int most = is(Fault.REPORTS_ONE_KEY_AT_A_TIME) ? 1 : ready.size();
        for (int i = 0; i < Math.min(most, ready.size()); i++) {
            SelectionKeyImpl key = ready.get(i);
            if (watched.containsKey(key)) {
                count += deliver(key, toPoll(events.get(i)), action);
            }
        }
        return count;
    }

    private int deliver(SelectionKeyImpl key, int events, Consumer<SelectionKey> action) {
        try {
            return processReadyEvents(events, key, action);
        } catch (ArithmeticException e) {
            if (is(Fault.REPORTS_AFTER_THE_ACTION_FAILS)) {
                return 0;
            }
            throw e;
        }
    }

    private int toPoll(int events) {
        return is(Fault.HIDES_A_HANG_UP)
                ? Watched.toPoll(events & (Events.READ | Events.WRITE))
                : Watched.toPoll(events);
    }

    private void applyChanges() throws IOException {
        while (true) {
            SelectionKeyImpl key;
            synchronized (changed) {
                key = changed.pollFirst();
            }
            if (key == null) {
                return;
            }
            if (key.isValid()) {
                apply(key, Watched.toEvents(Watched.wanted(key)));
            }
        }
    }

    private void apply(SelectionKeyImpl key, int wanted) throws IOException {
        Watched source = watched.get(key);
        if (source == null) {
            source = new Watched(key);
            watched.put(key, source);
            selector.register(source, wanted);
        } else if (!is(Fault.FORGETS_A_CHANGE_OF_INTEREST)
                && !(is(Fault.KEEPS_AN_INTEREST_THAT_IS_TAKEN_BACK) && wanted == 0)) {
            selector.unregister(source);
            selector.register(source, wanted);
        }
    }

    @Override
    public void setEventOps(SelectionKeyImpl key) {
        if (is(Fault.IGNORES_A_REGISTRATION_DURING_A_SELECT) && waiting) {
            return;
        }
        synchronized (changed) {
            changed.addLast(key);
        }
    }

    @Override
    public Selector wakeup() {
        boolean lost = is(Fault.LOSES_EVERY_SECOND_WAKEUP) && wakeups.incrementAndGet() % 2 == 0;
        if (lost || (is(Fault.LOSES_A_WAKEUP_BEFORE_THE_WAIT) && !waiting)) {
            return this;
        }
        woken = true;
        selector.wakeup();
        return this;
    }

    @Override
    protected void implDereg(SelectionKeyImpl key) throws IOException {
        Watched source = watched.remove(key);
        if (source != null) {
            selector.unregister(source);
            if (is(Fault.LEAVES_A_DESCRIPTOR_OPEN) && !key.channel().isOpen()) {
                new LibcDescriptors().dup(source.fd());
            }
        }
    }

    @Override
    protected void implClose() throws IOException {
        selector.close();
    }
}
