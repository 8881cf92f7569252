package dev.pollux.tck.nio;

import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.StringJoiner;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One history, under way: a selector and channels of one provider.
 *
 * <p><b>Thread:</b> one, but for the steps that other threads make.
 */
public final class NioRun implements AutoCloseable {

    private final NioRunner runner;
    private final Selector selector;
    private final Settling settling;
    private final Selects selects = new Selects(this);
    private final Thread thread = Thread.currentThread();
    private final List<NioSource> sources = new ArrayList<>();
    private final List<NioSource> replaced = new ArrayList<>();
    private final @Nullable SelectionKey[] keys = new SelectionKey[NioRunner.SOURCES];
    private final IdentityHashMap<SelectableChannel, String> names = new IdentityHashMap<>();

    /** Whether a wakeup waits for a select. */
    private volatile boolean woken;

    NioRun(NioRunner runner) throws IOException {
        this.runner = runner;
        selector = runner.provider().openSelector();
        settling = new Settling(runner.hub().reference().openSelector(), runner.patience());
        for (int i = 0; i < NioRunner.SOURCES; i++) {
            sources.add(open(i));
        }
    }

    private NioSource open(int number) throws IOException {
        NioSource source = runner.hub().open(number, runner.provider());
        names.put(source.channel(), number + "'".repeat(replaced.size()));
        return source;
    }

    /** Makes one step and returns what was answered, and what can be seen of the keys after it. */
    String apply(NioStep step) {
        String answer = answer(step);
        return answer + (answer.isEmpty() ? "" : "; ") + state();
    }

    String answer(NioStep step) {
        try {
            return step.apply(this);
        } catch (IOException | RuntimeException e) {
            return e.getClass().getSimpleName();
        }
    }

    Selector selector() {
        return selector;
    }

    Selects selects() {
        return selects;
    }

    NioSource source(int number) {
        return sources.get(number);
    }

    String remember(int source, SelectionKey key) {
        boolean same = keys[source] == key;
        keys[source] = key;
        return same ? "the same key" : "a new key";
    }

    /** Returns the answer of a call on the last key of a source, which may be of a channel that was replaced. */
    String withKey(int source, Function<SelectionKey, Object> call) {
        SelectionKey key = keys[source];
        if (key == null) {
            return "";
        }
        Object answer = call.apply(key);
        return answer == key ? "" : answer.toString();
    }

    void renew(int number) throws IOException {
        NioSource old = source(number);
        old.channel().close();
        replaced.add(old);
        sources.set(number, open(number));
    }

    void wakeup() {
        selector.wakeup();
        woken = true;
    }

    void forgetWakeup() {
        woken = false;
    }

    void interrupt() {
        thread.interrupt();
    }

    void disturb() throws IOException {
        if (selector.isOpen()) {
            runner.disturbance().disturb(selector);
        }
    }

    /** Waits until what is under way has arrived, and returns what each source is ready for. */
    int[] settle() throws IOException {
        return settling.settle(sources);
    }

    /** Returns how many sources a select would find ready. */
    int countReady() throws IOException {
        int[] ready = settle();
        int count = 0;
        for (int i = 0; i < ready.length; i++) {
            SelectionKey key = sources.get(i).channel().keyFor(selector);
            if (key != null && key.isValid() && (key.interestOps() & ready[i]) != 0) {
                count++;
            }
        }
        return count;
    }

    boolean isWoken() {
        return woken;
    }

    /** Returns whether a key waits to be removed by the next select. */
    boolean hasCancelled() {
        return selector.isOpen() && selector.keys().stream().anyMatch(key -> !key.isValid());
    }

    String lookFromPeer(int number) throws IOException {
        NioSource source = source(number);
        boolean expected = !hasCancelled();
        if (source.channel().isOpen() || !expected || !source.hasPeer() || source.peerHasEnded()) {
            return "";
        }
        long start = System.nanoTime();
        while (!source.peerSeesEnd()) {
            if (System.nanoTime() - start > runner.patience().toNanos() / 2) {
                return "the peer sees no end";
            }
            Thread.onSpinWait();
        }
        return "the peer sees the end";
    }

    /** Closes all sources and returns which of their peers see the end once a select has removed the keys. */
    String end() throws IOException {
        for (NioSource source : sources) {
            source.channel().close();
        }
        if (selector.isOpen()) {
            selector.selectNow();
        }
        StringJoiner answers = new StringJoiner(", ");
        for (int i = 0; i < sources.size(); i++) {
            answers.add(lookFromPeer(i));
        }
        return answers.toString();
    }

    String elsewhere(NioStep step) {
        return await(runner.submit(0, () -> answer(step)));
    }

    /** Has other threads make the steps after some time, all at once, and end a select after that. */
    Future<String> beginThenWakeup(int micros, List<NioStep> steps) {
        return runner.submit(micros, () -> {
            List<Future<String>> others = steps.stream()
                    .skip(1)
                    .map(step -> runner.submit(0, () -> answer(step)))
                    .toList();
            StringJoiner answers = new StringJoiner(" and ");
            steps.stream().limit(1).map(this::answer).forEach(answers::add);
            others.forEach(other -> answers.add(await(other)));
            selector.wakeup();
            return answers.toString();
        });
    }

    /** Returns the answer of another thread. An interrupt meanwhile stays set. */
    static String await(Future<String> answer) {
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                try {
                    return answer.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    String name(SelectionKey key) {
        return names.getOrDefault(key.channel(), "a stranger");
    }

    private String state() {
        StringJoiner all = new StringJoiner(", ");
        if (!selector.isOpen()) {
            all.add("closed");
        } else {
            all.add("keys " + names(selector.keys()) + ", selected " + names(selector.selectedKeys()));
        }
        for (int i = 0; i < keys.length; i++) {
            all.add(i + ": " + state(sources.get(i).channel(), keys[i]));
        }
        return all.toString();
    }

    private String names(Iterable<SelectionKey> set) {
        List<String> all = new ArrayList<>();
        set.forEach(key -> all.add(name(key)));
        all.sort(null);
        return all.toString();
    }

    private String state(SelectableChannel channel, @Nullable SelectionKey key) {
        String ofChannel = channel.isOpen() ? "" : "closed";
        if (channel.isOpen() || !(channel instanceof ServerSocketChannel)) {
            ofChannel += channel.isRegistered() ? "registered" : "";
            SelectionKey present = channel.keyFor(selector);
            ofChannel += present == null ? "" : present == key ? " with its key" : " with another key";
        }
        if (key == null) {
            return ofChannel;
        }
        if (!key.isValid()) {
            return ofChannel + " invalid";
        }
        return ofChannel + " interest " + key.interestOps() + " ready " + key.readyOps() + " attached "
                + key.attachment();
    }

    /** Closes everything. Also where a thread is stuck in the selector; that is then left as it is. */
    @Override
    public void close() throws IOException {
        for (NioSource source : replaced) {
            source.close();
        }
        for (NioSource source : sources) {
            source.close();
        }
        settling.close();
        selector.close();
    }
}
