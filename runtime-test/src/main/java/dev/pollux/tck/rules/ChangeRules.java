package dev.pollux.tck.rules;

import static dev.pollux.Events.EDGE;
import static dev.pollux.Events.ERROR;
import static dev.pollux.Events.INVALID;
import static dev.pollux.Events.NONE;
import static dev.pollux.Events.ONESHOT;
import static dev.pollux.Events.READ;
import static dev.pollux.Events.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.pollux.Capability;
import dev.pollux.Events;
import dev.pollux.Fd;
import dev.pollux.NativeIOException;
import dev.pollux.Ready;
import dev.pollux.SelectorKey;
import dev.pollux.UnsupportedEventsException;
import dev.pollux.tck.source.Descriptors;
import dev.pollux.tck.source.TestSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** MOD-6 and MOD-7: when the kernel learns of a change of interest, and where it shows that it does not take one. */
public interface ChangeRules extends RuleGroup {

    /** Returns how many calls about sources {@code step} and the select after it make. */
    private long callsOf(Fixture.Operation step) throws IOException {
        long before = calls().sourceCalls();
        step.run();
        selector().selectNow();
        return calls().sourceCalls() - before;
    }

    @Test
    @Rule("MOD-6")
    default void aChangeIsOneCallOfTheNextSelect() throws IOException {
        TestSource source = sources().duplex();
        selector().register(source.fileobj(), READ, null);
        long before = calls().sourceCalls();

        selector().modify(source.fileobj(), WRITE);

        assertEquals(before, calls().sourceCalls(), "before the select");
        assertEquals(WRITE, fixture().awaitReady(source, WRITE));
        assertEquals(before + 1, calls().sourceCalls());
        assertEquals(WRITE, fixture().readyNow(source));
        assertEquals(before + 1, calls().sourceCalls());
    }

    @Test
    @Rule("MOD-6")
    default void whatIsChangedBackIsNoCall() throws IOException {
        TestSource watched = sources().duplex();
        TestSource paused = sources().duplex();
        selector().register(watched.fileobj(), READ, null);
        selector().register(paused.fileobj(), NONE, null);
        paused.makeReadable();

        for (int events : new int[] {WRITE, READ | WRITE, NONE}) {
            assertEquals(0, callsOf(() -> {
                selector().modify(watched.fileobj(), events);
                selector().modify(watched.fileobj(), READ);
                selector().modify(paused.fileobj(), events);
                selector().modify(paused.fileobj(), NONE);
            }));
        }

        fixture().assertQuiet();
        watched.makeReadable();
        assertEquals(READ, fixture().awaitReady(watched, READ));
    }

    @Test
    @Rule("MOD-6")
    default void theLastOfManyChangesCounts() throws IOException {
        int[] interests = {READ, WRITE, NONE, READ | WRITE};
        for (int last : interests) {
            for (int other : interests) {
                TestSource source = sources().duplex();
                source.makeReadable();
                selector().register(source.fileobj(), READ, null);

                long made = callsOf(() -> {
                    selector().modify(source.fileobj(), other);
                    selector().modify(source.fileobj(), WRITE);
                    selector().modify(source.fileobj(), last);
                });

                assertEquals(last == READ ? 0 : 1, made, () -> "calls for " + Events.toString(last));
                if (last == NONE) {
                    fixture().assertQuiet();
                } else {
                    assertEquals(last, fixture().awaitReady(source, last));
                }
                selector().unregister(source.fileobj());
            }
        }
    }

    @Test
    @Rule("MOD-6")
    default void aOneShotThatItsHandlerArmsAgainIsNoCall() throws IOException {
        TestSource source = sources().duplex();
        selector().register(source.fileobj(), WRITE | ONESHOT, null);

        for (int i = 0; i < 5; i++) {
            long before = calls().sourceCalls();
            assertEquals(
                    1,
                    selector()
                            .select(fixture().soon(), (key, ready) -> selector().modify(key.fileobj(), key.events())));
            assertEquals(before, calls().sourceCalls());
        }
    }

    @Test
    @Rule({"MOD-6", "REG-3"})
    default void whatAHandlerPausesIsNotWatchedByTheNextSelect() throws IOException {
        TestSource one = sources().duplex();
        TestSource other = sources().duplex();
        selector().register(one.fileobj(), READ | WRITE, null);
        selector().register(other.fileobj(), READ | WRITE, null);

        selector().select(fixture().soon(), (key, ready) -> {
            selector().modify(one.fileobj(), NONE);
            selector().modify(other.fileobj(), NONE);
        });

        fixture().assertQuiet();
        selector().modify(one.fileobj(), WRITE);
        assertEquals(WRITE, fixture().awaitReady(one, WRITE));
    }

    @Test
    @Rule({"MOD-6", "UNR-1"})
    default void unregisterDropsTheChange() throws IOException {
        TestSource source = sources().duplex();
        TestSource next = sources().duplex();
        selector().register(source.fileobj(), READ, null);

        assertEquals(2, callsOf(() -> {
            selector().modify(source.fileobj(), WRITE);
            selector().unregister(source.fileobj());
            // Takes the place of the one before.
            selector().register(next.fileobj(), READ, null);
        }));

        fixture().assertQuiet();
        assertEquals(2, callsOf(() -> {
            selector().modify(next.fileobj(), READ | WRITE);
            selector().unregister(next.fileobj());
            selector().register(next.fileobj(), READ, null);
        }));
        fixture().assertQuiet();
        assertEquals(READ, selector().key(next.fileobj()).events());
    }

    @Test
    @Rule({"MOD-6", "SWAP-1"})
    default void aSwapTakesTheChangesAlong() throws IOException {
        TestSource watched = sources().duplex();
        TestSource paused = sources().duplex();
        TestSource resumed = sources().duplex();
        selector().register(watched.fileobj(), READ, null);
        selector().register(paused.fileobj(), WRITE, null);
        selector().register(resumed.fileobj(), NONE, null);
        selector().modify(watched.fileobj(), WRITE);
        selector().modify(paused.fileobj(), NONE);
        selector().modify(resumed.fileobj(), WRITE);

        selector().swap(selector().backend());

        assertEquals(WRITE, fixture().awaitReady(watched, WRITE));
        assertEquals(WRITE, fixture().awaitReady(resumed, WRITE));
        selector().modify(watched.fileobj(), READ);
        selector().modify(resumed.fileobj(), NONE);
        fixture().assertQuiet();
    }

    @Test
    @Rule("MOD-6")
    default void whatWasPausedAndResumedIsReportedAgain() throws IOException {
        reportsAgainWhatWasPausedAndResumed(READ);
    }

    @Test
    @Rule("EDGE-1")
    default void anEdgeThatWasPausedAndResumedIsReportedAgainAndOnce() throws IOException {
        if (!fixture().subject.has(Capability.EDGE)) {
            TestSource source = sources().duplex();
            fixture()
                    .assertRefused(
                            UnsupportedEventsException.class,
                            () -> selector().register(source.fileobj(), READ | EDGE, null),
                            "EDGE");
            throw new ProvenRefusal();
        }
        reportsAgainWhatWasPausedAndResumed(READ | EDGE);
        fixture().assertQuiet();
    }

    private void reportsAgainWhatWasPausedAndResumed(int events) throws IOException {
        TestSource source = sources().duplex();
        selector().register(source.fileobj(), events, null);
        source.makeReadable();
        fixture().awaitReady(source, READ);

        selector().modify(source.fileobj(), NONE);
        selector().modify(source.fileobj(), events);

        assertEquals(READ, fixture().awaitReady(source, READ));
    }

    @Test
    @Rule("MOD-7")
    default void aChangeThatTheKernelRefusesIsReportedOnce() throws IOException {
        for (int from : new int[] {READ, NONE}) {
            TestSource source = sources().duplex();
            TestSource other = sources().duplex();
            selector().register(source.fileobj(), from, "old");
            selector().register(other.fileobj(), READ, "other");
            other.makeReadable();
            fixture().awaitReady(other, READ);
            fixture().faults.refuse(source.fileobj(), new IOException("refused"));

            SelectorKey key = selector().modify(source.fileobj(), READ | WRITE, "new");
            List<Ready> reported = new ArrayList<>(selector().select(fixture().soon()));

            reported.removeIf(ready -> ready.key().fileobj() == other.fileobj());
            assertEquals(List.of(new Ready(key, READ | WRITE | ERROR)), reported);
            assertEquals(READ, fixture().readyNow(other));
            assertEquals(0, fixture().readyNow(source));
            other.drain();
            source.makeReadable();
            fixture().assertQuiet();
            assertSame(key, selector().key(source.fileobj()), "the key stays");
            fixture().faults.recover();
            assertSame(key, selector().modify(source.fileobj(), READ | WRITE));
            assertEquals(READ | WRITE, fixture().awaitReady(source, READ | WRITE));
            selector().unregister(source.fileobj());
        }
    }

    @Test
    @Rule("MOD-7")
    default void aSourceThatTheKernelSaysIsGoneIsReportedOnceAsInvalid() throws IOException {
        for (String errno : List.of("EBADF", "ENOENT")) {
            TestSource source = sources().duplex();
            selector().register(source.fileobj(), READ, null);
            fixture().faults.refuse(source.fileobj(), new NativeIOException("change", -1, 2, errno, "by the test"));

            SelectorKey key = selector().modify(source.fileobj(), WRITE);

            assertEquals(
                    List.of(new Ready(key, WRITE | INVALID)),
                    selector().select(fixture().soon()));
            fixture().assertQuiet();
            assertSame(key, selector().unregister(source.fileobj()));
            fixture().faults.recover();
        }
    }

    @Test
    @Rule({"MOD-7", "SEL-11"})
    default void aFailureIsReportedThoughAnotherHandlerThrows() throws IOException {
        TestSource one = sources().duplex();
        TestSource other = sources().duplex();
        selector().register(one.fileobj(), READ, null);
        selector().register(other.fileobj(), WRITE, null);
        fixture().awaitReady(other, WRITE);
        fixture().faults.refuse(one.fileobj(), new IOException("refused"));
        SelectorKey key = selector().modify(one.fileobj(), WRITE);
        IOException failure = new IOException("handler");
        List<Ready> reported = new ArrayList<>();

        for (int i = 0; i < 5; i++) {
            try {
                selector().select(fixture().soon(), (ready, bits) -> {
                    if (ready.fileobj() == one.fileobj()) {
                        reported.add(new Ready(ready, bits));
                    }
                    throw failure;
                });
            } catch (IOException passed) {
                assertSame(failure, passed);
            }
        }

        assertEquals(List.of(new Ready(key, WRITE | ERROR)), reported);
    }

    @Test
    @Rule({"MOD-7", "UNR-6"})
    default void aNumberThatWasClosedIsReportedOnceWhenItIsModified() throws IOException {
        Descriptors system = fixture().descriptors();
        Descriptors.Pair pair = system.socketPair();
        try {
            SelectorKey old = selector().register(Fd.of(pair.first()), READ, null);
            system.close(pair.first());

            SelectorKey key = selector().modify(old.fileobj(), READ | WRITE);

            assertEquals(
                    List.of(new Ready(key, READ | WRITE | INVALID)),
                    selector().select(fixture().soon()));
            fixture().assertQuiet();
            assertSame(key, selector().unregister(old.fileobj()));
        } finally {
            system.close(pair.second());
        }
    }
}
