package dev.pollux.internal.selector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.pollux.Capability;
import dev.pollux.Events;
import dev.pollux.Fd;
import dev.pollux.HasFd;
import dev.pollux.NanoClock;
import dev.pollux.NativeIOException;
import dev.pollux.Ready;
import dev.pollux.SelectorKey;
import dev.pollux.internal.discovery.BackendCatalog;
import dev.pollux.testlog.LogLines;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When the backend learns of a change of interest, and where it shows that it does not take one. */
@Timeout(60)
class PutOffChangesTest {

    private static final Duration LONG = Duration.ofHours(1);

    private final SteppedProvider provider = new SteppedProvider(Capability.values());
    private final ScriptedProvider other = new ScriptedProvider("other", 2, Capability.values());
    private KeyedSelector selector;

    @BeforeEach
    void open() throws IOException {
        selector = new KeyedSelector(provider, BackendCatalog.of(provider, other), NanoClock.system());
        LogLines.clear();
    }

    @AfterEach
    void close() {
        selector.close();
    }

    private static NativeIOException failure(String errnoName) {
        return new NativeIOException("change", 3, 2, errnoName, "scripted");
    }

    private List<String> changes() {
        return provider.calls.stream()
                .filter(call -> call.startsWith("change") || call.startsWith("remove"))
                .toList();
    }

    @Test
    void changeReachesTheBackendJustBeforeTheNextWaitAndOnce() throws IOException {
        selector.register(Fd.of(3), Events.READ);

        SelectorKey key = selector.modify(Fd.of(3), Events.WRITE);

        assertSame(key, selector.key(Fd.of(3)));
        assertEquals(Events.WRITE, key.events());
        assertEquals(List.of(), changes());
        provider.step = (timeout, sink) -> assertEquals(List.of("change 3"), changes());
        selector.selectNow();
        selector.selectNow();
        assertEquals(2, provider.timeouts.size());
    }

    @Test
    void backendLearnsOfTheLastOfManyChangesOnly() throws IOException {
        selector.register(Fd.of(3), Events.READ);
        for (int events : new int[] {Events.WRITE, Events.NONE, Events.PRIORITY, Events.READ | Events.WRITE}) {
            selector.modify(Fd.of(3), events);
        }

        selector.selectNow();

        assertEquals(List.of("change 3"), changes());
        assertEquals(Events.READ | Events.WRITE, provider.interests.get(3));
    }

    @Test
    void whatIsChangedBackIsNoCall() throws IOException {
        selector.register(Fd.of(3), Events.READ);
        selector.register(Fd.of(4), Events.NONE);
        List<String> before = List.copyOf(provider.calls);
        selector.modify(Fd.of(3), Events.NONE);
        selector.modify(Fd.of(3), Events.READ);
        selector.modify(Fd.of(4), Events.READ);
        selector.modify(Fd.of(4), Events.NONE);

        selector.selectNow();

        assertEquals(before, provider.calls);
    }

    @Test
    void oneShotThatItsHandlerArmsAgainIsNoCall() throws IOException {
        selector.register(Fd.of(3), Events.READ | Events.ONESHOT);
        provider.step = (timeout, sink) -> sink.ready(provider.tokens.get(3), Events.READ);

        for (int i = 0; i < 3; i++) {
            assertEquals(1, selector.select(LONG, (key, ready) -> selector.modify(key.fileobj(), key.events())));
        }

        assertEquals(List.of(), changes());
    }

    @Test
    void edgeThatWasPausedAndResumedIsReportedAgain() throws IOException {
        selector.register(Fd.of(3), Events.READ | Events.EDGE);
        selector.modify(Fd.of(3), Events.NONE);
        selector.modify(Fd.of(3), Events.READ | Events.EDGE);

        selector.selectNow();

        assertEquals(List.of("change 3"), changes());
    }

    @Test
    void edgeThatBecomesLevelAndIsLevelAlreadyIsNoCall() throws IOException {
        selector.register(Fd.of(3), Events.READ);
        selector.modify(Fd.of(3), Events.READ | Events.EDGE);
        selector.modify(Fd.of(3), Events.READ);

        selector.selectNow();

        assertEquals(List.of(), changes());
    }

    @Test
    void changesReachTheBackendInTheOrderInWhichTheyWereAskedForFirst() throws IOException {
        List<Integer> numbers = new ArrayList<>();
        for (int fd = 3; fd < 103; fd++) {
            selector.register(Fd.of(fd), Events.READ);
            numbers.add(0, fd);
        }
        numbers.forEach(fd -> modify(fd, Events.WRITE));
        modify(102, Events.WRITE | Events.READ);
        modify(3, Events.WRITE | Events.READ);

        selector.selectNow();

        assertEquals(numbers.stream().map(fd -> "change " + fd).toList(), changes());
    }

    private void modify(int fd, int events) {
        try {
            selector.modify(Fd.of(fd), events);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void unregisterDropsTheChangeAndIsAtOnce() throws IOException {
        selector.register(Fd.of(3), Events.READ);
        modify(3, Events.WRITE);

        selector.unregister(Fd.of(3));

        assertEquals(List.of("open", "add 3", "remove 3"), provider.calls);
        selector.register(Fd.of(4), Events.READ);
        selector.selectNow();
        assertEquals(List.of("open", "add 3", "remove 3", "add 4"), provider.calls);
    }

    @Test
    void nextOwnerOfASlotHasItsOwnChangesOnly() throws IOException {
        for (int i = 0; i < 100; i++) {
            selector.register(Fd.of(3), Events.READ);
            modify(3, Events.WRITE);
            selector.unregister(Fd.of(3));
        }
        selector.register(Fd.of(4), Events.READ);
        modify(4, Events.WRITE);
        provider.calls.clear();

        selector.selectNow();

        assertEquals(List.of("change 4"), provider.calls);
    }

    @Test
    void pausedSourceIsRemovedBeforeTheWaitAndUnregisteredWithoutACall() throws IOException {
        selector.register(Fd.of(3), Events.READ);
        modify(3, Events.NONE);
        selector.selectNow();
        selector.unregister(Fd.of(3));

        assertEquals(List.of("open", "add 3", "remove 3"), provider.calls);
    }

    @ParameterizedTest
    @ValueSource(strings = {"EBADF", "ENOENT"})
    void changeOfADescriptorThatIsGoneIsReportedOnceAsInvalid(String errnoName) throws IOException {
        selector.register(Fd.of(3), Events.READ);
        provider.changeFailure = failure(errnoName);
        SelectorKey key = selector.modify(Fd.of(3), Events.WRITE);

        assertEquals(List.of(new Ready(key, Events.WRITE | Events.INVALID)), selector.select(LONG));

        assertEquals(List.of(0L), provider.timeouts);
        assertEquals(List.of(), selector.selectNow());
        assertEquals(List.of(), LogLines.with("is not watched any more"));
        assertEquals(Set.of(), provider.interests.keySet());
        assertSame(key, selector.unregister(Fd.of(3)));
    }

    @Test
    void changeOfAClosedChannelIsReportedOnceAsInvalid() throws IOException {
        selector.register(Fd.of(3), Events.READ);
        provider.changeFailure = new ClosedChannelException();
        SelectorKey key = selector.modify(Fd.of(3), Events.WRITE);

        assertEquals(List.of(new Ready(key, Events.WRITE | Events.INVALID)), selector.select(LONG));
    }

    @Test
    void changeThatTheBackendDoesNotTakeIsReportedOnceAsAnErrorWithAWarning() throws IOException {
        selector.register(Fd.of(3), Events.READ);
        provider.changeFailure = failure("ENOMEM");
        SelectorKey key = selector.modify(Fd.of(3), Events.WRITE);

        assertEquals(List.of(new Ready(key, Events.WRITE | Events.ERROR)), selector.select(LONG));

        assertEquals(List.of(), selector.selectNow());
        List<String> warnings = LogLines.with("is not watched any more");
        assertEquals(1, warnings.size());
        for (String part : List.of("fd=3", "backend=stepped", "ENOMEM")) {
            assertEquals(true, warnings.get(0).contains(part), warnings.get(0));
        }
    }

    @Test
    void failureOfOneChangeLeavesTheOthersAlone() throws IOException {
        for (int fd = 3; fd < 6; fd++) {
            selector.register(Fd.of(fd), Events.READ);
        }
        provider.atChange = fd -> {
            if (fd == 4) {
                throw new IllegalStateException("broken");
            }
        };
        modify(3, Events.WRITE);
        SelectorKey failed = selector.modify(Fd.of(4), Events.WRITE);
        modify(5, Events.WRITE);
        provider.step = (timeout, sink) -> sink.ready(provider.tokens.get(5), Events.WRITE);

        List<Ready> ready = selector.select(LONG);

        assertEquals(
                List.of(failed, selector.key(Fd.of(5))),
                ready.stream().map(Ready::key).toList());
        assertEquals(Map.of(3, Events.WRITE, 5, Events.WRITE), provider.interests);
    }

    @Test
    void sourceWhoseChangeFailedIsTriedAgainByTheNextModify() throws IOException {
        selector.register(Fd.of(3), Events.READ);
        provider.changeFailure = failure("ENOMEM");
        modify(3, Events.WRITE);

        selector.select(LONG, (key, ready) -> selector.modify(key.fileobj(), Events.WRITE));
        provider.changeFailure = null;
        selector.selectNow();

        assertEquals(Events.WRITE, provider.interests.get(3));
    }

    @Test
    void failureIsReportedThoughAnotherHandlerThrows() throws IOException {
        selector.register(Fd.of(3), Events.READ);
        selector.register(Fd.of(4), Events.READ);
        provider.changeFailure = failure("EBADF");
        SelectorKey first = selector.modify(Fd.of(3), Events.WRITE);
        SelectorKey second = selector.modify(Fd.of(4), Events.WRITE);
        assertThrows(
                IOException.class,
                () -> selector.select(LONG, (key, ready) -> {
                    assertSame(first, key);
                    throw new IOException("from the handler");
                }));

        assertEquals(List.of(new Ready(second, Events.WRITE | Events.INVALID)), selector.select(LONG));
        assertEquals(List.of(), selector.selectNow());
    }

    @Test
    void failureOfASourceThatWasModifiedMeanwhileIsReportedAndTheChangeIsTried() throws IOException {
        selector.register(Fd.of(3), Events.READ);
        selector.register(Fd.of(4), Events.READ);
        modify(3, Events.WRITE);
        modify(4, Events.WRITE);
        provider.atChange = fd -> {
            throw new IOException("once");
        };
        List<Integer> reported = new ArrayList<>();

        selector.select(LONG, (key, ready) -> {
            reported.add(key.fd());
            provider.atChange = fd -> {};
            if (key.fd() == 3) {
                selector.modify(Fd.of(4), Events.READ);
            }
        });
        selector.selectNow();

        assertEquals(List.of(3, 4), reported);
        assertEquals(Map.of(4, Events.READ), provider.interests);
    }

    @Test
    void failureIsForgottenWithItsRegistration() throws IOException {
        selector.register(Fd.of(3), Events.READ);
        selector.register(Fd.of(4), Events.READ);
        provider.changeFailure = failure("EBADF");
        modify(3, Events.WRITE);
        modify(4, Events.WRITE);
        List<Integer> reported = new ArrayList<>();

        selector.select(LONG, (key, ready) -> {
            reported.add(key.fd());
            selector.unregister(Fd.of(4));
            selector.register(Fd.of(5), Events.READ);
        });
        assertEquals(List.of(), selector.selectNow());

        assertEquals(List.of(3), reported);
        assertEquals(Map.of(5, Events.READ), provider.interests);
    }

    @Test
    void swapTakesWhatWasPutOffAndFailsWithoutTouchingIt() throws IOException {
        selector.register(Fd.of(3), Events.READ);
        selector.register(Fd.of(4), Events.READ);
        modify(3, Events.WRITE);
        modify(4, Events.NONE);
        other.refused.add(3);
        assertThrows(IOException.class, () -> selector.swap("other"));
        assertEquals(List.of("open", "add 3", "add 4"), provider.calls);
        other.refused.clear();

        selector.swap("other");

        assertEquals(List.of("add 3"), other.current().calls);
        assertEquals(Events.WRITE, other.current().watched.get(3).events());
        selector.selectNow();
        assertEquals(List.of("add 3"), other.current().calls);
        selector.modify(Fd.of(4), Events.READ);
        selector.selectNow();
        assertEquals(List.of("add 3", "add 4"), other.current().calls);
    }

    @Test
    void swapTakesAnEdgeThatIsToBeReportedAgainOnce() throws IOException {
        selector.register(Fd.of(3), Events.READ | Events.EDGE);
        modify(3, Events.READ | Events.EDGE);

        selector.swap("other");
        selector.selectNow();

        assertEquals(List.of("add 3"), other.current().calls);
    }

    @Test
    void swapInAHandlerLosesNoFailureAndTriesItNotAgain() throws IOException {
        selector.register(Fd.of(3), Events.READ);
        selector.register(Fd.of(4), Events.READ);
        provider.changeFailure = failure("EBADF");
        modify(3, Events.WRITE);
        modify(4, Events.WRITE);
        List<Integer> reported = new ArrayList<>();

        selector.select(LONG, (key, ready) -> {
            reported.add(key.fd());
            if (key.fd() == 3) {
                selector.swap("other");
            }
        });
        selector.selectNow();

        assertEquals(List.of(3, 4), reported);
        assertEquals(List.of(), other.current().calls);
    }

    @Test
    void selectorThatIsWatchedFromOutsideAppliesWhatWasPutOffAndThenEachChangeAtOnce() throws IOException {
        provider.descriptor = 40;
        SelectorKey key = selector.register(Fd.of(3), Events.READ);
        modify(3, Events.WRITE);
        selector.descriptor();
        assertEquals(List.of("change 3"), changes());

        modify(3, Events.READ);
        assertEquals(List.of("change 3", "change 3"), changes());
        modify(3, Events.NONE);
        assertEquals(Map.of(), provider.interests);
        modify(3, Events.READ);
        provider.changeFailure = failure("ENOENT");
        assertSame(
                provider.changeFailure, assertThrows(IOException.class, () -> selector.modify(Fd.of(3), Events.WRITE)));

        assertEquals(key, selector.key(Fd.of(3)));
        assertEquals(Events.READ, provider.interests.get(3));
        provider.step = (timeout, sink) -> sink.ready(provider.tokens.get(3), Events.READ | Events.WRITE);
        assertEquals(List.of(new Ready(key, Events.READ)), selector.selectNow());
    }

    @Test
    void selectorThatIsWatchedFromOutsideDisarmsOneShotAtOnce() throws IOException {
        provider.descriptor = 40;
        selector.register(Fd.of(3), Events.READ | Events.ONESHOT);
        selector.descriptor();
        provider.step = (timeout, sink) -> sink.ready(provider.tokens.get(3), Events.READ);

        selector.selectNanos(0, (key, ready) -> assertEquals(Map.of(), provider.interests));

        assertEquals(List.of("open", "add 3", "remove 3"), provider.calls);
    }

    /** A source that is closed when the test says so. */
    private static final class Closing implements HasFd {

        private int fd = 3;

        @Override
        public int fd() {
            return fd;
        }
    }

    @Test
    void modifyOfASourceThatSaysItIsClosedFailsAtOnceAndToNothingWorks() throws IOException {
        Closing source = new Closing();
        SelectorKey key = selector.register(source, Events.READ);
        source.fd = -1;

        assertThrows(ClosedChannelException.class, () -> selector.modify(source, Events.WRITE));

        assertSame(key, selector.key(source));
        assertSame(key, selector.modify(source, Events.READ));
        selector.modify(source, Events.NONE);
        assertThrows(ClosedChannelException.class, () -> selector.modify(source, Events.READ));
        selector.selectNow();
        assertEquals(List.of("open", "add 3", "remove 3"), provider.calls);
    }

    @Test
    void anyNumberOfSourcesCanBeChangedBetweenTwoWaits() throws IOException {
        for (int fd = 0; fd < 40; fd++) {
            selector.register(Fd.of(fd), Events.READ);
        }
        for (int count = 1; count <= 40; count++) {
            List<String> expected = new ArrayList<>();
            provider.calls.clear();
            for (int fd = 0; fd < count; fd++) {
                modify(fd, selector.key(Fd.of(fd)).events() ^ Events.READ ^ Events.WRITE);
                expected.add("change " + fd);
            }

            selector.selectNow();

            assertEquals(expected, provider.calls);
        }
    }

    @Test
    void changeOfASlotThatIsFreeIsDroppedHoweverManyOthersAreFree() throws IOException {
        for (int fd = 0; fd < 3_000; fd++) {
            selector.register(Fd.of(fd), Events.READ);
        }
        for (int fd = 2_999; fd >= 0; fd--) {
            modify(fd, Events.WRITE);
        }
        for (int fd = 2_999; fd >= 0; fd--) {
            selector.unregister(Fd.of(fd));
        }

        assertEquals(List.of(), selector.selectNow());

        assertEquals(Map.of(), provider.interests);
        assertEquals(
                0,
                provider.calls.stream()
                        .filter(call -> call.startsWith("change"))
                        .count());
    }

    @Test
    void oneShotOfAnEdgeIsTakenOutWholeOnceItWasReported() throws IOException {
        selector.register(Fd.of(3), Events.READ | Events.EDGE | Events.ONESHOT);
        provider.step = (timeout, sink) -> sink.ready(provider.tokens.get(3), Events.READ);
        assertEquals(1, selector.selectNow().size());
        provider.step = (timeout, sink) -> {};

        selector.selectNow();

        assertEquals(List.of("open", "add 3", "remove 3"), provider.calls);
    }
}
