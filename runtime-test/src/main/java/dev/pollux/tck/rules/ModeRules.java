package dev.pollux.tck.rules;

import static dev.pollux.Events.DIRECTIONS;
import static dev.pollux.Events.EDGE;
import static dev.pollux.Events.ONESHOT;
import static dev.pollux.Events.PRIORITY;
import static dev.pollux.Events.READ;
import static dev.pollux.Events.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.pollux.Capability;
import dev.pollux.Events;
import dev.pollux.SelectorKey;
import dev.pollux.UnsupportedEventsException;
import dev.pollux.tck.source.TestSource;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

/** ONE, EDGE, PRI: other ways to be told, and urgent data. */
public interface ModeRules extends RuleGroup {

    @Test
    @Rule("ONE-1")
    default void oneShotReportsOnce() throws IOException {
        TestSource source = sources().duplex();
        SelectorKey key = selector().register(source.fileobj(), READ | ONESHOT, "data");
        source.makeReadable();

        assertEquals(READ, fixture().awaitReady(source, READ));

        fixture().assertQuiet();
        source.makeReadable();
        fixture().assertQuiet();
        assertSame(key, selector().key(source.fileobj()), "the key stays");
    }

    @Test
    @Rule("ONE-1")
    default void modifyArmsOneShotAgain() throws IOException {
        TestSource source = sources().duplex();
        SelectorKey key = selector().register(source.fileobj(), READ | ONESHOT, "data");
        source.makeReadable();
        fixture().awaitReady(source, READ);

        for (int i = 0; i < 5; i++) {
            assertSame(key, selector().modify(source.fileobj(), READ | ONESHOT));
            assertEquals(READ, fixture().awaitReady(source, READ));
            fixture().assertQuiet();
        }
    }

    @Test
    @Rule({"ONE-1", "SEL-12"})
    default void aHandlerMayArmOneShotAgain() throws IOException {
        TestSource source = sources().duplex();
        selector().register(source.fileobj(), WRITE | ONESHOT, null);

        for (int i = 0; i < 5; i++) {
            int count = selector()
                    .select(fixture().soon(), (key, ready) -> selector().modify(key.fileobj(), WRITE | ONESHOT));
            assertEquals(1, count);
        }
    }

    @Test
    @Rule("ONE-1")
    default void whatOneShotHasReportedDoesNotComeBackWithAHangUp() throws IOException {
        TestSource.Connection source = sources().connection();
        selector().register(source.fileobj(), READ | ONESHOT, null);
        source.makeReadable();
        fixture().awaitReady(source, READ);

        source.peer().reset();

        fixture().assertQuiet();
        selector().modify(source.fileobj(), READ | ONESHOT);
        fixture().awaitReady(source, READ);
        fixture().assertQuiet();
    }

    @Test
    @Rule("ONE-1")
    default void oneDirectionDoesNotDeafenTheOther() throws IOException {
        TestSource source = sources().duplex();
        selector().register(source.fileobj(), READ | WRITE | ONESHOT, null);

        assertEquals(WRITE, fixture().awaitReady(source, WRITE));
        fixture().assertQuiet();
        source.makeReadable();

        assertEquals(READ, fixture().awaitReady(source, READ));
        fixture().assertQuiet();
    }

    @Test
    @Rule("ONE-1")
    default void aHangUpIsTheReportOfEveryDirection() throws IOException {
        TestSource.Connection source = sources().connection();
        source.fill();
        source.peer().reset();
        selector().register(source.fileobj(), READ | WRITE | ONESHOT, null);

        assertEquals(READ | WRITE, fixture().awaitReady(source, READ | WRITE) & DIRECTIONS);

        fixture().assertQuiet();
    }

    @Test
    @Rule({"ONE-1", "MOD-2"})
    default void newDataArmsOneShotAgain() throws IOException {
        TestSource source = sources().duplex();
        selector().register(source.fileobj(), WRITE | ONESHOT, "old");
        fixture().awaitReady(source, WRITE);

        selector().modify(source.fileobj(), WRITE | ONESHOT, "new");

        assertEquals(WRITE, fixture().awaitReady(source, WRITE));
    }

    @Test
    @Rule("ONE-1")
    default void oneShotBecomesPermanentByModify() throws IOException {
        TestSource source = sources().duplex();
        selector().register(source.fileobj(), WRITE | ONESHOT, null);
        fixture().awaitReady(source, WRITE);

        selector().modify(source.fileobj(), WRITE);

        assertEquals(WRITE, fixture().awaitReady(source, WRITE));
        assertEquals(WRITE, fixture().readyNow(source));
    }

    @Test
    @Rule({"ONE-1", "UNR-1"})
    default void disarmedSourcesAreUnregisteredLikeOthers() throws IOException {
        TestSource source = sources().duplex();
        SelectorKey key = selector().register(source.fileobj(), WRITE | ONESHOT, null);
        fixture().awaitReady(source, WRITE);

        assertSame(key, selector().unregister(source.fileobj()));

        selector().register(source.fileobj(), WRITE, null);
        assertEquals(WRITE, fixture().awaitReady(source, WRITE));
    }

    @Test
    @Rule("ONE-1")
    default void aFailingHandlerHasHadItsOneShot() throws IOException {
        TestSource source = sources().duplex();
        selector().register(source.fileobj(), WRITE | ONESHOT, null);
        RuntimeException failure = new IllegalStateException("handler");
        try {
            selector().select(fixture().soon(), (key, ready) -> {
                throw failure;
            });
        } catch (IllegalStateException passed) {
            assertSame(failure, passed);
        }

        fixture().assertQuiet();
    }

    @Test
    @Rule("EDGE-1")
    default void newDataIsANewEdge() throws IOException {
        TestSource source = edge(READ);

        for (int i = 0; i < 5; i++) {
            source.makeReadable();
            assertEquals(READ, fixture().awaitReady(source, READ));
            fixture().assertQuiet();
        }
    }

    /** Returns a source that is watched for edges. Where that fails, checks how and ends the test. */
    private TestSource edge(int events) throws IOException {
        TestSource source = sources().duplex();
        registerOrRefuse(source, events | EDGE, Capability.EDGE);
        return source;
    }

    private void registerOrRefuse(TestSource source, int events, Capability needed) throws IOException {
        if (fixture().subject.has(needed)) {
            selector().register(source.fileobj(), events, null);
            return;
        }
        assertUnsupported(() -> selector().register(source.fileobj(), events, null), events, needed);
        SelectorKey key = selector().register(source.fileobj(), READ, "old");
        assertUnsupported(() -> selector().modify(source.fileobj(), events), events, needed);
        assertUnsupported(() -> selector().modify(source.fileobj(), events, "new"), events, needed);
        assertSame(key, selector().key(source.fileobj()));
        throw new ProvenRefusal();
    }

    private void assertUnsupported(org.junit.jupiter.api.function.Executable call, int events, Capability needed) {
        UnsupportedEventsException refusal = fixture()
                .assertRefused(
                        UnsupportedEventsException.class,
                        call,
                        Events.toString(events),
                        fixture().subject.provider().name(),
                        needed,
                        "; ");
        assertEquals(needed, refusal.missing());
    }

    @Test
    @Rule("EDGE-1")
    default void anEdgeFromBeforeTheRegistrationIsReported() throws IOException {
        TestSource source = edge(READ);
        selector().unregister(source.fileobj());
        source.makeReadable();

        selector().register(source.fileobj(), READ | EDGE, null);

        assertEquals(READ, fixture().awaitReady(source, READ));
        fixture().assertQuiet();
    }

    @Test
    @Rule("EDGE-1")
    default void modifyReportsWhatIsPendingBehindAnEdge() throws IOException {
        TestSource source = edge(READ);
        source.makeReadable();
        fixture().awaitReady(source, READ);
        fixture().assertQuiet();

        selector().modify(source.fileobj(), READ | EDGE);

        assertEquals(READ, fixture().awaitReady(source, READ));
        fixture().assertQuiet();
    }

    @Test
    @Rule({"EDGE-1", "ONE-1"})
    default void edgeAndOneShotGoTogether() throws IOException {
        TestSource source = edge(READ | ONESHOT);
        source.makeReadable();
        assertEquals(READ, fixture().awaitReady(source, READ));

        source.makeReadable();
        fixture().assertQuiet();

        selector().modify(source.fileobj(), READ | EDGE | ONESHOT);
        assertEquals(READ, fixture().awaitReady(source, READ));
    }

    @Test
    @Rule({"EDGE-1", "MOD-1"})
    default void edgeBecomesLevelByModify() throws IOException {
        TestSource source = edge(READ);
        source.makeReadable();
        fixture().awaitReady(source, READ);

        selector().modify(source.fileobj(), READ);

        assertEquals(READ, fixture().awaitReady(source, READ));
        assertEquals(READ, fixture().readyNow(source));
    }

    @Test
    @Rule("PRI-1")
    default void urgentDataIsReportedOrRefused() throws IOException {
        TestSource.Connection source = fixture().subject.has(Capability.JAVA_CHANNELS)
                ? sources().socketChannels()
                : sources().connection();
        registerOrRefuse(source, PRIORITY, Capability.PRIORITY);
        source.makeReadable();
        fixture().assertQuiet();

        try {
            source.peer().sendUrgent();
        } catch (UnsupportedOperationException e) {
            throw new TestAbortedException("needs a TCP socket or Descriptors.sendUrgent", e);
        }

        assertEquals(PRIORITY, fixture().awaitReady(source, PRIORITY));
    }
}
