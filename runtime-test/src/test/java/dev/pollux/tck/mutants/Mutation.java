package dev.pollux.tck.mutants;

import dev.pollux.Capability;
import dev.pollux.EventSelector;
import dev.pollux.NanoClock;
import dev.pollux.spi.Backend;
import dev.pollux.spi.BackendProvider;
import dev.pollux.spi.Submission;
import dev.pollux.tck.FaultySubject;
import dev.pollux.tck.Subject;
import dev.pollux.tck.fake.FakeKernel;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Every fault that the rules are shown, and the rule that must name it. */
enum Mutation {
    ADD_SWALLOWS_REFUSALS("REG-6", backend(WatchMutants.AddSwallowsRefusals::new)),
    CHANGE_SWALLOWS_REFUSALS("MOD-7", backend(WatchMutants.ChangeSwallowsRefusals::new)),
    IGNORES_CHANGE("MOD-1", backend(Mutant.IgnoresChange::new)),
    CHANGE_ONLY_ADDS("MOD-1", backend(WatchMutants.ChangeOnlyAdds::new)),
    CHANGE_SPOILS_THE_TOKEN("MOD-1", backend(WatchMutants.ChangeSpoilsTheToken::new)),
    CHANGE_TAKES_ANOTHER_TOKEN("MOD-1", backend(WatchMutants.ChangeTakesAnotherToken::new)),
    FORGETS_REMOVE("UNR-1", backend(Mutant.ForgetsRemove::new)),
    REMOVE_FAILS_WHEN_CLOSED("UNR-2", backend(WatchMutants.RemoveFailsWhenClosed::new)),
    LEAVES_AN_EMPTY_MASK("REG-3", backend(WatchMutants.LeavesAnEmptyMask::new)),
    MIXES_UP_TOKENS("REG-1", backend(WatchMutants.MixesUpTokens::new)),
    KEEPS_THE_FIRST_TOKEN("REG-12", sharedTokens()),
    CUTS_NUMBERS("REG-10", backend(WatchMutants.CutsNumbers::new)),
    CONFUSES_DIRECTIONS("SEL-1", backend(WatchMutants.ConfusesDirections::new)),
    TAKES_LEVEL_FOR_EDGE("SEL-1", backend(WatchMutants.TakesLevelForEdge::new)),
    TAKES_EDGE_FOR_LEVEL("EDGE-1", backend(WatchMutants.TakesEdgeForLevel::new)),
    LOSES_THE_EDGE_BEFORE_ADD("EDGE-1", backend(WatchMutants.LosesTheEdgeBeforeAdd::new)),
    LOSES_THE_EDGE_BEFORE_CHANGE("EDGE-1", backend(WatchMutants.LosesTheEdgeBeforeChange::new)),
    TELLS_THE_CLOSED_FOR_EVER("UNR-6", backend(ReportMutants.TellsTheClosedForEver::new)),
    KEEPS_TO_ITS_THREAD("THR-1", backend(WatchMutants.KeepsToItsThread::new)),
    LEAKS_WHEN_IT_REFUSES("REG-8", backend(WatchMutants.LeaksWhenItRefuses::new)),
    CLOSES_SOURCES("CLO-2", backend(WatchMutants.ClosesSources::new)),
    FORGETS_CLOSE("CLO-2", jdk(Mutant.ForgetsClose::new)),

    DROPS_EVERY_SECOND_EVENT("SEL-1", backend(Mutant.DropsEverySecondEvent::new)),
    STARVES_THE_TAIL("SEL-10", backend(ReportMutants.StarvesTheTail::new)),
    HIDES_TROUBLE("SEL-3", backend(ReportMutants.HidesTrouble::new)),
    IS_SILENT_ABOUT_TROUBLE("SEL-3", backend(ReportMutants.IsSilentAboutTrouble::new)),
    TAKES_URGENT_FOR_PLAIN("PRI-1", backend(ReportMutants.TakesUrgentForPlain::new)),
    REPORTS_ONE_DIRECTION("SEL-2", backend(ReportMutants.ReportsOneDirection::new)),
    REPORTS_EVERY_DIRECTION("SEL-2", backend(ReportMutants.ReportsEveryDirection::new)),
    HOLDS_UNTIL_THE_NEXT_WAIT("UNR-7", backend(ReleaseMutants.HoldsUntilTheNextWait::new)),
    HOLDS_UNTIL_THE_NEXT_FLUSH("UNR-7", backend(ReleaseMutants.HoldsUntilTheNextFlush::new)),
    HOLDS_UNTIL_IT_CLOSES("UNR-7", backend(ReleaseMutants.HoldsUntilItCloses::new)),
    CANCELS_WITHOUT_SELECT(
            "UNR-7", new Maker(Part.BACKEND, kernel -> Subject.of(JdkBackendProvider.withoutSelectAfterCancel()))),
    CLAIMS_A_DESCRIPTOR("POLL-1", backend(DescriptorMutants.HasNone::new)),
    HAS_A_DEAF_DESCRIPTOR("POLL-2", backend(DescriptorMutants.IsDeaf::new)),
    REPORTS_THE_REMOVED("UNR-1", backend(ReportMutants.ReportsTheRemoved::new)),
    REPORTS_THE_IDLE("SEL-2", backend(ReportMutants.ReportsTheIdle::new)),

    SPINS("SEL-6", backend(WaitMutants.Spins::new)),
    WAITS_ON_ZERO("SEL-5", backend(WaitMutants.WaitsOnZero::new)),
    ROUNDS_TIMEOUT_DOWN("SEL-6", backend(Mutant.RoundsTimeoutDown::new)),
    WAITS_ONE_MORE("SEL-6", backend(Mutant.WaitsOneMore::new)),
    OVERFLOWS_TIMEOUT("SEL-6", backend(Mutant.OverflowsTimeout::new)),
    NEEDS_SOMETHING_TO_WATCH("SEL-7", backend(WaitMutants.NeedsSomethingToWatch::new)),
    FAILS_ON_SIGNALS("SEL-8", backend(WaitMutants.FailsOnSignals::new)),
    RESTARTS_ON_SIGNALS("SEL-8", backend(WaitMutants.RestartsOnSignals::new)),
    LOSES_WAKEUP("WAKE-1", backend(Mutant.LosesWakeup::new)),
    LOSES_EARLY_WAKEUPS("WAKE-1", backend(WaitMutants.LosesEarlyWakeups::new)),
    LEAVES_WAKEUPS("WAKE-2", backend(WaitMutants.LeavesWakeups::new)),
    REPORTS_WAKEUPS("WAKE-1", backend(WaitMutants.ReportsWakeups::new)),

    CHANGES_ITS_NAME("SWAP-1", provider(MutatedProvider.ChangesItsName::new)),
    CHANGES_ITS_MIND("SWAP-1", provider(MutatedProvider.ChangesItsMind::new)),
    CLAIMS_CHANNELS("REG-7", provider(sound -> new MutatedProvider.Claims(sound, Capability.JAVA_CHANNELS))),
    CLAIMS_FILES("REG-9", claims(Capability.REGULAR_FILES)),
    CLAIMS_HANGUP("SEL-3", claims(Capability.HANGUP)),
    LEAKS_WHEN_IT_OPENS("CLO-2", provider(MutatedProvider.LeaksWhenItOpens::new)),
    LEAVES_A_THREAD("CLO-2", provider(MutatedProvider.LeavesAThread::new)),
    SHARES_ONE_BACKEND("CLO-2", provider(MutatedProvider.SharesOneBackend::new)),
    LOSES_ONE_IN_A_SWAP("SWAP-1", provider(MutatedProvider.LosesOneInASwap::new)),

    OVERWRITES_SILENTLY("REG-5", selector(KeyMutants.OverwritesSilently::new)),
    IGNORES_UNKNOWN_BITS("REG-2", selector(KeyMutants.IgnoresUnknownBits::new)),
    TAKES_NONE_FOR_READ("REG-3", selector(KeyMutants.TakesNoneForRead::new)),
    FORGETS_DATA("MOD-1", selector(KeyMutants.ForgetsData::new)),
    REGISTERS_ANEW("MOD-2", selector(KeyMutants.RegistersAnew::new)),
    DROPS_WHAT_IT_CANNOT_CHANGE("MOD-4", selector(KeyMutants.DropsWhatItCannotChange::new)),
    APPLIES_AT_ONCE("MOD-6", selector(ChangeMutants.AppliesAtOnce::new)),
    LOSES_LATER_CHANGES("MOD-6", selector(ChangeMutants.LosesLaterChanges::new)),
    APPLIES_LATE("MOD-6", selector(ChangeMutants.AppliesLate::new)),
    APPLIES_TWICE("MOD-6", selector(ChangeMutants.AppliesTwice::new)),
    CHANGES_THE_NEXT_OWNER("MOD-6", selector(ChangeMutants.ChangesTheNextOwner::new)),
    SWAP_LOSES_A_CHANGE("MOD-6", selector(ChangeMutants.SwapLosesAChange::new)),
    FAILS_FOR_ONE_KEY("MOD-7", selector(ChangeMutants.FailsForOneKey::new)),
    HIDES_FAILURES("MOD-7", selector(ChangeMutants.HidesFailures::new)),
    REPEATS_FAILURES("MOD-7", selector(ChangeMutants.RepeatsFailures::new)),
    UNREGISTERS_ANYTHING("UNR-1", selector(KeyMutants.UnregistersAnything::new)),
    KNOWS_NO_ALIASES("KEY-1", selector(KeyMutants.KnowsNoAliases::new)),
    COPIES_KEYS("KEY-2", selector(KeyMutants.CopiesKeys::new)),
    SWAP_LOSES_A_KEY("SWAP-1", selector(KeyMutants.SwapLosesAKey::new)),
    SWAP_ARMS_AGAIN("SWAP-1", selector(KeyMutants.SwapArmsAgain::new)),
    SWAP_LOSES_A_WAKEUP("SWAP-1", selector(KeyMutants.SwapLosesAWakeup::new)),
    SWAP_IGNORES_THE_UNKNOWN("SWAP-3", selector(KeyMutants.SwapIgnoresTheUnknown::new)),
    ANSWERS_AFTER_CLOSE("CLO-1", selector(KeyMutants.AnswersAfterClose::new)),
    CLOSES_ONCE("CLO-1", selector(KeyMutants.ClosesOnce::new)),
    CLOSES_ITS_SOURCES("CLO-2", selector(KeyMutants.ClosesItsSources::new)),

    SPLITS_ENTRIES("SEL-2", selector(SelectMutants.SplitsEntries::new)),
    REPEATS_ENTRIES("SEL-2", selector(SelectMutants.RepeatsEntries::new)),
    REPORTS_THE_UNASKED("SEL-2", selector(SelectMutants.ReportsTheUnasked::new)),
    REPORTS_BARE_TROUBLE("SEL-3", selector(SelectMutants.ReportsBareTrouble::new)),
    SWALLOWS_FAILURES("SEL-11", selector(SelectMutants.SwallowsFailures::new)),
    ALLOCATES("SEL-13", selector(SelectMutants.Allocates::new)),
    MISCOUNTS("SEL-2", selector(SelectMutants.Miscounts::new)),
    TELLS_LATER("UNR-4", selector(SelectMutants.TellsLater::new)),
    SELECTS_INSIDE("SEL-12", selector(SelectMutants.SelectsInside::new)),
    LOCKS_HANDLERS_OUT("SEL-12", selector(SelectMutants.LocksHandlersOut::new)),
    NEVER_DISARMS("ONE-1", selector(SelectMutants.NeverDisarms::new)),
    DISARMS_ALL("ONE-1", selector(SelectMutants.DisarmsAll::new)),
    WAITS_ON_NEGATIVE("SEL-5", selector(SelectMutants.WaitsOnNegative::new)),
    SLEEPS_ON_NOW("SEL-5", selector(SelectMutants.SleepsOnNow::new)),
    ENDS_EARLY("SEL-6", selector(SelectMutants.EndsEarly::new)),
    OVERFLOWS_ON_HUGE("SEL-6", selector(SelectMutants.OverflowsOnHuge::new)),
    CLEARS_INTERRUPTS("SEL-9", selector(SelectMutants.ClearsInterrupts::new)),
    FORGETS_WAKEUPS("WAKE-1", selector(SelectMutants.ForgetsWakeups::new)),
    COUNTS_WAKEUPS("WAKE-1", selector(SelectMutants.CountsWakeups::new)),
    SAVES_WAKEUPS("WAKE-3", selector(SelectMutants.SavesWakeups::new)),
    SHOWS_WAKEUPS("WAKE-1", selector(SelectMutants.ShowsWakeups::new)),
    CLOSES_WITHOUT_WAKING("CLO-1", selector(SelectMutants.ClosesWithoutWaking::new)),
    SERVES_A_SECOND_THREAD("THR-1", selector(SelectMutants.ServesASecondThread::new)),
    BOASTS_OF_ITS_BACKEND("SWAP-1", selector(SelectMutants.BoastsOfItsBackend::new)),

    DELIVERS_ELSEWHERE("LOOP-1", selector(LoopMutants.DeliversElsewhere::new)),
    CLOCK_WOBBLES("LOOP-2", clock(LoopMutants::wobbling)),
    CLOCK_RUNS_FAST("LOOP-3", clock(LoopMutants::fast)),
    OVERSLEEPS("LOOP-3", selector(LoopMutants.Oversleeps::new)),
    NAPS("LOOP-3", selector(LoopMutants.Naps::new)),
    DELIVERS_TWICE("LOOP-4", selector(LoopMutants.DeliversTwice::new)),
    IGNORES_PAUSES("LOOP-4", selector(LoopMutants.IgnoresPauses::new)),
    POLLS_NOTHING("LOOP-5", selector(LoopMutants.PollsNothing::new)),
    DELIVERS_UNTIL_QUIET("LOOP-5", selector(LoopMutants.DeliversUntilQuiet::new)),
    WAKES_OFTEN("LOOP-6", calls(LoopMutants.WakesOften::new)),
    LOSES_THE_FIRST_WAKEUP("LOOP-7", selector(LoopMutants.LosesTheFirstWakeup::new)),
    KEEPS_ITS_BACKEND("LOOP-7", selector(LoopMutants.KeepsItsBackend::new)),
    PAUSES_EVERYTHING("LOOP-8", selector(LoopMutants.PausesEverything::new)),
    SWAP_DROPS_WHAT_IS_READY("SWAP-2", selector(LoopMutants.SwapDropsWhatIsReady::new)),

    COMPLETES_TWICE("OP-1", operations(OperationMutants.CompletesTwice::new)),
    LOSES_COMPLETIONS("OP-1", operations(OperationMutants.LosesCompletions::new)),
    COUNTS_SENDS_SHORT("OP-2", operations(sound -> new OperationMutants.CountsOneLess(sound, Submission.Kind.SEND))),
    COUNTS_RECEIVES_SHORT(
            "OP-3", operations(sound -> new OperationMutants.CountsOneLess(sound, Submission.Kind.RECEIVE))),
    FAILS_AT_THE_END("OP-4", operations(OperationMutants.FailsAtTheEnd::new)),
    IGNORES_CANCEL("OP-5", operations(OperationMutants.IgnoresCancel::new)),
    CANCEL_HIDES_WHAT_WAS_DONE("OP-5", operations(OperationMutants.CancelHidesWhatWasDone::new)),
    CANCELS_IN_NAME_ONLY("OP-6", operations(OperationMutants.CancelsInNameOnly::new)),
    IGNORES_THE_LIMIT_OF_A_BUFFER("OP-6", operations(OperationMutants.IgnoresTheLimit::new)),
    LIMITS_END_EARLY("OP-7", clock(LoopMutants::fast)),
    CLOSE_CANCELS_NOTHING("OP-8", operations(OperationMutants.IgnoresCancel::new)),
    END_HIDES_WHAT_WAS_DONE("OP-9", operations(OperationMutants.CancelHidesWhatWasDone::new)),
    LENDS_ONE_BUFFER("OP-12", operations(OperationMutants.LendsOneBuffer::new)),
    KEEPS_WHAT_IS_GIVEN_BACK("OP-12", operations(OperationMutants.KeepsWhatIsGivenBack::new)),
    LENDS_THE_SAME_MEMORY("OP-12", operations(OperationMutants.LendsTheSameMemory::new)),
    SAYS_THAT_NO_BUFFER_IS_LEFT("OP-12", operations(OperationMutants.SaysThatNoBufferIsLeft::new)),
    LOSES_CONNECTIONS("OP-13", operations(OperationMutants.LosesConnections::new)),
    READS_THE_BEGINNING("OP-14", operations(OperationMutants.ReadsTheBeginning::new)),
    SWAP_HIDES_WHAT_WAS_DONE("OP-15", operations(OperationMutants.CancelHidesWhatWasDone::new)),
    SUBMITS_ONE_OF_MANY("OP-8", operations(sound -> new OperationMutants.LosesWhatHasNoRoom(sound, 1))),
    SUBMITS_A_HUNDRED_OF_MANY("OP-16", operations(sound -> new OperationMutants.LosesWhatHasNoRoom(sound, 100))),
    PREFERS_OPERATIONS("OP-16", operations(OperationMutants.PrefersOperations::new));

    private static final Duration PATIENCE = Duration.ofMillis(300);

    private final String rule;

    @SuppressWarnings("ImmutableEnumChecker") // Calls a constructor and keeps nothing.
    private final Maker maker;

    Mutation(String rule, Maker maker) {
        this.rule = rule;
        this.maker = maker;
    }

    private enum Part {
        BACKEND,
        PROVIDER,
        SELECTOR,
        CLOCK
    }

    /** Makes a subject with the fault. */
    private record Maker(Part part, Function<FakeKernel, Subject> make) {}

    private static Maker backend(UnaryOperator<Backend> fault) {
        return new Maker(
                Part.BACKEND,
                kernel -> Subject.of(new MutatedProvider(kernel.provider(), fault))
                        .withDescriptors(kernel));
    }

    /** The tokens stay when a swap or a rebuild opens another backend. */
    private static Maker sharedTokens() {
        return new Maker(Part.BACKEND, kernel -> {
            Map<Integer, Long> tokens = new ConcurrentHashMap<>();
            return Subject.of(new MutatedProvider(
                            kernel.provider(), sound -> new WatchMutants.KeepsTheFirstToken(sound, tokens)))
                    .withDescriptors(kernel);
        });
    }

    /** For a fault that takes real descriptors to show. */
    private static Maker jdk(UnaryOperator<Backend> fault) {
        return new Maker(Part.BACKEND, kernel -> Subject.of(new JdkBackendProvider(fault)));
    }

    private static Maker provider(UnaryOperator<BackendProvider> fault) {
        return new Maker(
                Part.PROVIDER,
                kernel -> Subject.of(fault.apply(kernel.provider())).withDescriptors(kernel));
    }

    private static Maker claims(Capability claimed) {
        Set<Capability> others = EnumSet.complementOf(
                EnumSet.of(Capability.JAVA_CHANNELS, Capability.CONSTANT_TIME, Capability.OPERATIONS, claimed));
        return new Maker(Part.PROVIDER, any -> {
            FakeKernel kernel = FakeKernel.builder().capabilities(others).build();
            return Subject.of(new MutatedProvider.Claims(kernel.provider(), claimed))
                    .withDescriptors(kernel);
        });
    }

    private static Maker selector(UnaryOperator<EventSelector> fault) {
        return new Maker(
                Part.SELECTOR,
                kernel -> FaultySubject.of(
                        Subject.of(kernel.provider()).withDescriptors(kernel), sound -> sound, fault, sound -> sound));
    }

    /** In what the selector asks of a sound backend, where the kit counts it. */
    private static Maker calls(UnaryOperator<Backend> fault) {
        return new Maker(
                Part.SELECTOR,
                kernel -> FaultySubject.of(
                        Subject.of(kernel.provider()).withDescriptors(kernel),
                        sound -> new MutatedProvider(sound, fault),
                        sound -> sound,
                        sound -> sound));
    }

    /** In a kernel that does operations, and for which a cancel comes too late if it can. */
    private static Maker operations(UnaryOperator<Backend> fault) {
        return new Maker(Part.BACKEND, any -> {
            FakeKernel kernel = FakeKernel.builder().operations().build();
            kernel.operationFaults().lateCancels(true);
            return Subject.of(new MutatedProvider(kernel.provider(), fault)).withDescriptors(kernel);
        });
    }

    private static Maker clock(UnaryOperator<NanoClock> fault) {
        return new Maker(
                Part.CLOCK,
                kernel -> FaultySubject.of(
                        Subject.of(kernel.provider()).withDescriptors(kernel), sound -> sound, sound -> sound, fault));
    }

    /** For a fault that takes a look into the kernel to cause. */
    private static Maker backend(BiFunction<Backend, FakeKernel, Backend> fault) {
        return new Maker(
                Part.BACKEND,
                kernel -> Subject.of(new MutatedProvider(kernel.provider(), sound -> fault.apply(sound, kernel)))
                        .withDescriptors(kernel));
    }

    /** Returns where the fault is: in a backend, its provider, the selector over it, or the clock of a loop. */
    String part() {
        return maker.part().name().toLowerCase(Locale.ROOT);
    }

    /** Returns the rule that must find the fault. */
    String rule() {
        return rule;
    }

    /** Returns a fresh subject with the fault, on sources in memory wherever the fault allows. */
    Subject subject() {
        return maker.make().apply(FakeKernel.create()).withPatience(PATIENCE);
    }
}
