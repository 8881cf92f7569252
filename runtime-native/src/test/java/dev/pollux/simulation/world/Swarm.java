package dev.pollux.simulation.world;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * What a seed is about: some of the things that threads may do, some of the things that may go wrong. A run with few
 * kinds of step meets itself more often than one with all of them (Groce et al., "Swarm testing", 2012).
 */
final class Swarm {

    /** What is left out, to look for something else. */
    private static final List<String> WITHOUT =
            List.of(System.getProperty("pollux.simulation.without", "").split(","));

    /** How many times as many steps each thread takes as it does by default. */
    private static final int LENGTH = Integer.getInteger("pollux.simulation.length", 1);

    /** Who gives the loop its thread. */
    enum Runner {
        STARTED,
        RUN,
        TURN_BY_TURN,
        NO_ONE
    }

    /** What threads do. */
    enum Step {
        EXECUTE,
        TIMER,
        CANCEL_TIMER,
        SUBMIT,
        SCHEDULE,
        PERIODIC,
        OFFLOAD,
        REGISTER,
        MODIFY,
        CANCEL,
        MAKE_READY,
        AWAIT_READY,
        SWAP,
        DUMP,
        INTERRUPT,
        KNOCK,
        HANG_UP,
        REGISTER_WITH_THE_OTHER,
        END_A_WORKER,
        STOP;

        /** Returns whether it may wait for the loop, so that no lock may be held which the loop's work takes. */
        boolean mayWait() {
            return this == MODIFY || this == CANCEL || this == REGISTER_WITH_THE_OTHER || this == END_A_WORKER;
        }
    }

    /** What goes wrong. */
    enum Trouble {
        OPEN_FAILS,
        ADD_FAILS,
        WAIT_FAILS,
        THREAD_FACTORY_FAILS,
        EXECUTOR_REJECTS,
        TASKS_THROW,
        STACK_OVERFLOWS,
        HANDLER_THROWS,
        ACCEPT_FAILS,
        CHOOSER_THROWS
    }

    /** How a loop is ended. */
    enum End {
        CLOSE,
        SHUTDOWN,
        SHUTDOWN_NOW
    }

    final SplittableRandom random;
    final Runner runner;
    final Set<Step> steps;
    final Set<Trouble> troubles;
    final Set<End> earlyEnds;
    final End lastEnd;
    final int actors;
    final int stepsEach;
    final boolean timerLimit;
    final boolean acceptor;
    final boolean workers;

    /** Whether all of the user's threads hold one lock when they call the loop, and all its work takes the same. */
    final boolean userLock;

    Swarm(long seed) {
        random = new SplittableRandom(seed ^ 0x5DEECE66DL);
        runner = one(Runner.values());
        steps = some(Step.class, 2 + random.nextInt(5));
        troubles = random.nextInt(3) == 0 ? some(Trouble.class, 1 + random.nextInt(2)) : EnumSet.noneOf(Trouble.class);
        earlyEnds = random.nextInt(2) == 0 ? some(End.class, 1 + random.nextInt(2)) : Set.of();
        lastEnd = one(End.values());
        actors = 1 + random.nextInt(5);
        stepsEach = LENGTH * (2 + random.nextInt(1 << (2 + random.nextInt(4))));
        timerLimit = random.nextInt(4) == 0;
        if (timerLimit) {
            add(steps, Step.TIMER);
        }
        acceptor = steps.contains(Step.KNOCK);
        if (acceptor && random.nextBoolean()) {
            add(steps, Step.HANG_UP);
            add(troubles, Trouble.ACCEPT_FAILS);
        }
        workers = acceptor && random.nextBoolean();
        if (workers && random.nextBoolean()) {
            add(steps, Step.END_A_WORKER);
        }
        userLock = new SplittableRandom(seed).nextInt(4) == 0;
    }

    private static <E extends Enum<E>> void add(Set<E> chosen, E kind) {
        if (!WITHOUT.contains(kind.name())) {
            chosen.add(kind);
        }
    }

    boolean happens(Trouble trouble, int oneIn) {
        return troubles.contains(trouble) && random.nextInt(oneIn) == 0;
    }

    <T> T one(T[] values) {
        return values[random.nextInt(values.length)];
    }

    <T> T one(List<T> values) {
        return values.get(random.nextInt(values.size()));
    }

    private <E extends Enum<E>> Set<E> some(Class<E> type, int count) {
        List<E> all = new ArrayList<>(EnumSet.allOf(type));
        all.removeIf(kind -> WITHOUT.contains(kind.name()));
        Set<E> chosen = EnumSet.noneOf(type);
        for (int i = 0; i < count && !all.isEmpty(); i++) {
            chosen.add(all.remove(random.nextInt(all.size())));
        }
        return chosen;
    }

    @Override
    public String toString() {
        return runner + " " + actors + "x" + stepsEach + " " + steps + " " + troubles + " " + earlyEnds + " then "
                + lastEnd + (timerLimit ? " timer limit" : "") + (workers ? " workers" : "")
                + (userLock ? " user's lock" : "");
    }
}
