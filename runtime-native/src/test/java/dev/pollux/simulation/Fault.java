package dev.pollux.simulation;

import java.lang.classfile.CodeTransform;
import java.util.Set;

/** Faults of the kind that loops have had where threads meet, each put into one method of this one. */
enum Fault implements Mutation {
    /** What is offered while the queue is sealed counts as taken. */
    LOSES_WHAT_MEETS_THE_SEAL("SealableQueue.wasTooLate", Changes.returnsFalse(), "lost: ", true),
    /** A timer that arrives when the loop has found nothing left to do counts as taken. */
    DROPS_A_TIMER_THAT_MEETS_THE_END("Timers.post", Changes.hearsYes("accepts"), "lost: TIMER", true),
    /** Whether a timer still has its task is looked at, not claimed. */
    RUNS_A_TIMER_THAT_WAS_CANCELLED("Timer.takeTask", Changes.takesInTwoSteps(), "cancelled and run", false),
    /** Threads that schedule at once all find room. */
    CHECKS_THE_LIMIT_BEFORE_IT_COUNTS("Timers.count", Changes.countsInTwoSteps(), "more timers than the limit", true),
    /** A shutdown may overwrite a close, and two threads may drive. */
    CHANGES_THE_PHASE_WITHOUT_THE_LOCK("Lifecycle.call", Changes.leavesOut(Set.of("lock", "unlock")), "", false),
    /** Dependents of futures run under a lock. */
    ENDS_UNDER_A_LOCK("LoopEnd.run", null, "a dependent of", false),
    /** Sources and backends are asked under a lock. */
    REGISTERS_UNDER_A_LOCK("LoopConfinement.call", null, "HasFd.fd under a lock", false),
    /** The thread factory is called under a lock. */
    STARTS_UNDER_A_LOCK("LoopRunner.start", null, "a thread factory under a lock", false),
    /** The driver leaves although another thread waits for it. */
    LEAVES_A_CALL_BEHIND("Mailbox.isCalled", Changes.returnsFalse(), "stuck", false),
    /** A loop that sleeps does not learn of its work. */
    WAKES_NO_ONE("Mailbox.wakeup", Changes.doesNothing(), "", false),
    /** Two loops that register with each other wait for each other. */
    WAITS_IN_A_CIRCLE("Waits.isCircle", Changes.returnsFalse(), "stuck", false),
    /** The end of the loop leaves futures as they are. */
    FORGETS_ITS_FUTURES("LoopFutures.failAll", Changes.doesNothing(), "a future does not complete", false),
    /** A shutdown leaves periodic tasks as they are. */
    LETS_PERIODIC_TASKS_LIVE("LoopExecutors.shutdown", Changes.doesNothing(), "a periodic future is not done", false),
    /** What depends on the end finds that the loop has not ended. */
    ENDS_BEFORE_IT_HAS_ENDED("LoopEnd.letGo", Changes.opensTheLatchLast(), "terminated, but not for", false),
    /** A task that recurses too deeply ends the loop. */
    DIES_OF_A_STACK_OVERFLOW(
            "Failures.passIfFatal", Changes.isNever("StackOverflowError"), "died of StackOverflowError", false),
    /** A single turn that has run a timer waits. */
    WAITS_AFTER_A_TIMER("Turn.run", Changes.takesForTrue(3), "a turn that has run a timer waits", false),
    /** The rest of an acceptor needs one of the timers that the user may have. */
    RESTS_BY_THE_USERS_TIMERS("Timers.internal", Changes.schedulesAsTheUser(), "an acceptor does not recover", true),
    /** A connection for a loop that has ended is forgotten. */
    LOSES_WHAT_IT_HANDS_OVER("Acceptor.handOver", Changes.hearsYes("post"), "a connection is closed 0 times", true),
    /** A connection that is closed keeps its place. */
    KEEPS_PLACES("Acceptor.released", Changes.leavesOut(Set.of("decrementAndGet")), "places are not given back", false),
    /** A backend is closed while another thread wakes it. */
    CLOSES_UNDER_A_WAKEUP("WakeupGate.awaitCalls", Changes.doesNothing(), "wakeup after the backend's close", true);

    private final String method;

    @SuppressWarnings("ImmutableEnumChecker") // It has no state.
    private final CodeTransform change;

    private final String kind;
    private final boolean rare;

    /**
     * Puts {@code change}, or a lock around the whole if that is null, into {@code method}.
     *
     * @param kind what it is seen as
     * @param rare whether it takes thousands of seeds to meet it
     */
    Fault(String method, CodeTransform change, String kind, boolean rare) {
        this.method = method;
        this.change = change;
        this.kind = kind;
        this.rare = rare;
    }

    @Override
    public boolean locks(String where) {
        return change == null && isIn(where);
    }

    @Override
    public CodeTransform of(String where) {
        return change != null && isIn(where) ? change : null;
    }

    private boolean isIn(String where) {
        return where.endsWith("." + method);
    }

    /** Returns whether it takes thousands of seeds to meet it. */
    boolean isRare() {
        return rare;
    }

    /** Returns whether {@code outcome} shows it. */
    boolean isShownBy(Outcome outcome) {
        return outcome.violations().keySet().stream().anyMatch(found -> found.contains(kind));
    }
}
