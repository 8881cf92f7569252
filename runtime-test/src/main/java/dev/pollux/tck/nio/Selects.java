package dev.pollux.tck.nio;

import java.io.IOException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The selects of a history. What each will find is settled before it. */
final class Selects {

    private static final long BRIEF_MILLIS = 1;

    /** For a wait that something ends before its time. */
    private static final long LONG_MILLIS = 3_600_000;

    private final NioRun run;

    Selects(NioRun run) {
        this.run = run;
    }

    /** Selects. What would wait for ever is ended by another thread. */
    String select(NioStep.Wait how, boolean withAction) throws IOException {
        boolean ends = run.countReady() > 0 || run.isWoken() || !run.selector().isOpen();
        if (how == NioStep.Wait.ENDLESSLY && !ends) {
            return meanwhile(how, withAction, 0, List.of());
        }
        return once(how, withAction ? new ArrayList<>() : null);
    }

    private String once(NioStep.Wait how, @Nullable Collection<String> reported) throws IOException {
        run.forgetWakeup();
        int count = select(how, BRIEF_MILLIS, reported == null ? null : key -> reported.add(describe(key)));
        return answer(count, reported);
    }

    private static String answer(int count, @Nullable Collection<String> reported) {
        return reported == null
                ? "selected " + count
                : "selected " + count + " " + reported.stream().sorted().toList();
    }

    private String describe(SelectionKey key) {
        return run.name(key) + " for " + key.readyOps();
    }

    String selectInterrupted(NioStep.Wait how, boolean withAction) throws IOException {
        run.settle();
        Thread.currentThread().interrupt();
        try {
            String answer = once(how, withAction ? new ArrayList<>() : null);
            return answer + (Thread.currentThread().isInterrupted() ? ", interrupted" : "");
        } finally {
            Thread.interrupted();
        }
    }

    /** Has the action make a step if the order of the keys does not matter, and no wakeup may be pending beside one of the step. */
    String selectAnd(NioStep.Wait how, NioStep step) throws IOException {
        if (run.countReady() != 1 || run.isWoken() || awaitsConnect()) {
            return select(how, true) + ", " + run.answer(step);
        }
        List<String> reported = new ArrayList<>();
        int count = select(how, BRIEF_MILLIS, key -> {
            reported.add(describe(key));
            if (step instanceof NioStep.Fail) {
                throw new ArithmeticException("the action fails");
            }
            reported.add("action: " + run.answer(step));
        });
        return answer(count, reported);
    }

    /**
     * Returns whether a key asks for a connect. The kernel finds such a socket ready once it is connected, and the JDK does not: but
     * it does if the action of another key has changed the interest just before, so the order of the two matters.
     */
    private boolean awaitsConnect() {
        return run.selector().keys().stream()
                .anyMatch(key -> key.isValid() && (key.interestOps() & SelectionKey.OP_CONNECT) != 0);
    }

    /**
     * Selects while other threads do something. The answer is the same whether they do it before or while this one waits, because
     * there is nothing to find before: where there is, or where a key waits to be removed, the steps come first. Of several about one source only the first is made.
     */
    String selectMeanwhile(NioStep.Wait how, boolean withAction, int micros, List<NioStep> steps) throws IOException {
        boolean waits = how != NioStep.Wait.NOW
                && run.selector().isOpen()
                && run.countReady() == 0
                && !run.isWoken()
                && !run.hasCancelled();
        List<NioStep> together = new ArrayList<>();
        List<String> before = new ArrayList<>();
        for (NioStep step : steps) {
            if (!waits) {
                before.add(step instanceof NioStep.Interrupt ? "" : run.answer(step));
            } else if (together.stream().noneMatch(other -> other.source() == step.source())) {
                together.add(step);
            }
        }
        return before + " " + meanwhile(how, withAction, micros, together);
    }

    private String meanwhile(NioStep.Wait how, boolean withAction, int micros, List<NioStep> steps) throws IOException {
        TreeSet<String> reported = new TreeSet<>();
        Consumer<SelectionKey> action = withAction ? key -> reported.add(describe(key)) : null;
        Future<String> others = run.beginThenWakeup(micros, steps);
        int count = 0;
        try {
            count = select(how, LONG_MILLIS, action);
        } catch (ClosedSelectorException e) {
            // Closed before; closed meanwhile it ends as others do. The next one fails in any case.
        }
        String answers = NioRun.await(others);
        boolean interrupted = Thread.interrupted();
        run.settle();
        // Finds what came too late for the first one.
        count += select(NioStep.Wait.NOW, 0, action);
        run.forgetWakeup();
        return (withAction ? "selected " + reported : "selected " + count)
                + (interrupted ? ", interrupted; " : "; ")
                + answers;
    }

    private int select(NioStep.Wait how, long millis, @Nullable Consumer<SelectionKey> action) throws IOException {
        Selector selector = run.selector();
        return switch (how) {
            case NOW -> action == null ? selector.selectNow() : selector.selectNow(action);
            case BRIEFLY -> action == null ? selector.select(millis) : selector.select(action, millis);
            case ENDLESSLY -> action == null ? selector.select(0) : selector.select(action);
        };
    }
}
