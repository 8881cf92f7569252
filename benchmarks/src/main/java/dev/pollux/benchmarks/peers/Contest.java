package dev.pollux.benchmarks.peers;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Measures contestants in turn, so that what the machine does meanwhile touches all of them. All of them run at the same
 * time, but only one works. In each round each is measured once, and every round begins with another one; every second one
 * runs backwards. One that fails is left out until it is started anew, and the failure is kept with the results.
 *
 * @param <L> a load
 * @param <S> what is measured
 */
final class Contest<L, S> {

    /** Another load makes the compilers work again. */
    private static final double WARMUP_OF_FURTHER_LOADS = 0.25;

    private final Plan plan;
    private final Results<L, S> results = new Results<>();
    private final List<Runner<L, S>> runners = new ArrayList<>();
    private long startNanos;
    private long warmupNanos;
    private long measureNanos;

    private Contest(Plan plan) {
        this.plan = plan;
    }

    /** One that runs. */
    private static final class Runner<L, S> {

        private final Entrant<L, S> entrant;
        private final Entrant.Running<L, S> running;
        private boolean isWarm;

        Runner(Entrant<L, S> entrant, Entrant.Running<L, S> running) {
            this.entrant = entrant;
            this.running = running;
        }

        void prepare(L load, double warmupSeconds) throws Exception {
            running.prepare(load, isWarm ? warmupSeconds * WARMUP_OF_FURTHER_LOADS : warmupSeconds);
            isWarm = true;
        }
    }

    /** What is done with one that runs, after everything else. */
    @FunctionalInterface
    interface Last<L, S> {

        /** Does it. */
        void with(Entrant<L, S> entrant, Entrant.Running<L, S> running) throws Exception;
    }

    /** Measures all {@code entrants} with all {@code loads}, in their order. */
    static <L, S> Results<L, S> run(Plan plan, List<? extends Entrant<L, S>> entrants, List<L> loads)
            throws InterruptedException {
        return run(plan, entrants, loads, (entrant, running) -> {});
    }

    /** The same, and does {@code last} with each of them once, before it ends. */
    static <L, S> Results<L, S> run(Plan plan, List<? extends Entrant<L, S>> entrants, List<L> loads, Last<L, S> last)
            throws InterruptedException {
        Contest<L, S> contest = new Contest<>(plan);
        for (int fork = 0; fork < plan.forks(); fork++) {
            try {
                contest.start(entrants);
                contest.measure(loads, fork);
                if (fork == plan.forks() - 1) {
                    contest.finish(last);
                }
            } finally {
                contest.end();
            }
        }
        contest.printTimes();
        return contest.results;
    }

    private void start(List<? extends Entrant<L, S>> entrants) throws InterruptedException {
        long begin = System.nanoTime();
        for (Entrant<L, S> entrant : entrants) {
            attempt(entrant.name() + " does not start", () -> runners.add(new Runner<>(entrant, entrant.start())));
        }
        startNanos += System.nanoTime() - begin;
    }

    private void end() {
        runners.forEach(runner -> runner.running.close());
        runners.clear();
    }

    private void measure(List<L> loads, int fork) throws InterruptedException {
        for (L load : loads) {
            System.err.printf("%s, start %d of %d%n", load, fork + 1, plan.forks());
            long begin = System.nanoTime();
            each(load, 0, runner -> runner.prepare(load, plan.warmupSeconds()));
            long warm = System.nanoTime();
            for (int round = 0; round < plan.rounds(); round++) {
                int number = fork * plan.rounds() + round;
                each(load, round, runner -> {
                    S sample = runner.running.measure(load, plan.seconds());
                    results.add(load, runner.entrant.name(), number, sample);
                });
            }
            warmupNanos += warm - begin;
            measureNanos += System.nanoTime() - warm;
        }
    }

    private void finish(Last<L, S> last) throws InterruptedException {
        for (Runner<L, S> runner : runners) {
            attempt(runner.entrant.name() + ", at last", () -> last.with(runner.entrant, runner.running));
        }
    }

    private void printTimes() {
        System.err.printf(
                "starting took %d s, warming up %d s, measuring %d s%n",
                Duration.ofNanos(startNanos).toSeconds(),
                Duration.ofNanos(warmupNanos).toSeconds(),
                Duration.ofNanos(measureNanos).toSeconds());
    }

    private interface Step<T> {

        void with(T runner) throws Exception;
    }

    private void each(L load, int round, Step<Runner<L, S>> step) throws InterruptedException {
        List<Runner<L, S>> order = new ArrayList<>(runners);
        order.removeIf(runner -> !runner.entrant.takes(load));
        Collections.rotate(order, -round);
        if (round % 2 == 1) {
            Collections.reverse(order);
        }
        for (Runner<L, S> runner : order) {
            if (!attempt(runner.entrant.name() + ", " + load, () -> step.with(runner))) {
                runners.remove(runner);
                runner.running.close();
            }
        }
    }

    private interface Attempt {

        void run() throws Exception;
    }

    private boolean attempt(String what, Attempt attempt) throws InterruptedException {
        try {
            attempt.run();
            return true;
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            System.err.println(what + ": " + e.getMessage());
            results.addFailure(what + ": " + e.getMessage());
            return false;
        }
    }
}
