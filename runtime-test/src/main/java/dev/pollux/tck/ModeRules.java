package dev.pollux.tck;

import static dev.pollux.Events.DIRECTIONS;
import static dev.pollux.Events.EDGE;
import static dev.pollux.Events.NONE;
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
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

/** ONE, EDGE, PRI: other ways to be told, and urgent data. */
interface ModeRules extends RuleGroup {

    @Test
    @Rule("ONE-1")
    default void oneShotReportsOnce() throws IOException {
        Link link = links().duplex();
        SelectorKey key = selector().register(link.source(), READ | ONESHOT, "data");
        link.makeReadable();

        assertEquals(READ, bench().awaitReady(link, READ));

        bench().assertQuiet();
        link.makeReadable();
        bench().assertQuiet();
        assertSame(key, selector().key(link.source()), "the key stays");
    }

    @Test
    @Rule("ONE-1")
    default void modifyArmsOneShotAgain() throws IOException {
        Link link = links().duplex();
        SelectorKey key = selector().register(link.source(), READ | ONESHOT, "data");
        link.makeReadable();
        bench().awaitReady(link, READ);

        for (int i = 0; i < 5; i++) {
            assertSame(key, selector().modify(link.source(), READ | ONESHOT));
            assertEquals(READ, bench().awaitReady(link, READ));
            bench().assertQuiet();
        }
    }

    @Test
    @Rule({"ONE-1", "SEL-12"})
    default void aHandlerMayArmOneShotAgain() throws IOException {
        Link link = links().duplex();
        selector().register(link.source(), WRITE | ONESHOT, null);

        for (int i = 0; i < 5; i++) {
            int count = selector()
                    .select(bench().soon(), (key, ready) -> selector().modify(key.fileobj(), WRITE | ONESHOT));
            assertEquals(1, count);
        }
    }

    @Test
    @Rule("ONE-1")
    default void whatOneShotHasReportedDoesNotComeBackWithAHangUp() throws IOException {
        Link.Connection link = links().connection();
        selector().register(link.source(), READ | ONESHOT, null);
        link.makeReadable();
        bench().awaitReady(link, READ);

        link.peer().reset();

        bench().assertQuiet();
        selector().modify(link.source(), READ | ONESHOT);
        bench().awaitReady(link, READ);
        bench().assertQuiet();
    }

    @Test
    @Rule("ONE-1")
    default void oneDirectionDoesNotDeafenTheOther() throws IOException {
        Link link = links().duplex();
        selector().register(link.source(), READ | WRITE | ONESHOT, null);

        assertEquals(WRITE, bench().awaitReady(link, WRITE));
        bench().assertQuiet();
        link.makeReadable();

        assertEquals(READ, bench().awaitReady(link, READ));
        bench().assertQuiet();
    }

    @Test
    @Rule("ONE-1")
    default void aHangUpIsTheReportOfEveryDirection() throws IOException {
        Link.Connection link = links().connection();
        link.fill();
        link.peer().reset();
        selector().register(link.source(), READ | WRITE | ONESHOT, null);

        assertEquals(READ | WRITE, bench().awaitReady(link, READ | WRITE) & DIRECTIONS);

        bench().assertQuiet();
    }

    @Test
    @Rule({"ONE-1", "MOD-2"})
    default void newDataArmsOneShotAgain() throws IOException {
        Link link = links().duplex();
        selector().register(link.source(), WRITE | ONESHOT, "old");
        bench().awaitReady(link, WRITE);

        selector().modify(link.source(), WRITE | ONESHOT, "new");

        assertEquals(WRITE, bench().awaitReady(link, WRITE));
    }

    @Test
    @Rule("ONE-1")
    default void oneShotBecomesPermanentByModify() throws IOException {
        Link link = links().duplex();
        selector().register(link.source(), WRITE | ONESHOT, null);
        bench().awaitReady(link, WRITE);

        selector().modify(link.source(), WRITE);

        assertEquals(WRITE, bench().awaitReady(link, WRITE));
        assertEquals(WRITE, bench().readyNow(link));
    }

    @Test
    @Rule({"ONE-1", "UNR-1"})
    default void disarmedSourcesAreUnregisteredLikeOthers() throws IOException {
        Link link = links().duplex();
        SelectorKey key = selector().register(link.source(), WRITE | ONESHOT, null);
        bench().awaitReady(link, WRITE);

        assertSame(key, selector().unregister(link.source()));

        selector().register(link.source(), WRITE, null);
        assertEquals(WRITE, bench().awaitReady(link, WRITE));
    }

    @Test
    @Rule("ONE-1")
    default void aFailingHandlerHasHadItsOneShot() throws IOException {
        Link link = links().duplex();
        selector().register(link.source(), WRITE | ONESHOT, null);
        RuntimeException failure = new IllegalStateException("handler");
        try {
            selector().select(bench().soon(), (key, ready) -> {
                throw failure;
            });
        } catch (IllegalStateException passed) {
            assertSame(failure, passed);
        }

        bench().assertQuiet();
    }

    @Test
    @Rule("EDGE-1")
    default void newDataIsANewEdge() throws IOException {
        Link link = edge(READ);

        for (int i = 0; i < 5; i++) {
            link.makeReadable();
            assertEquals(READ, bench().awaitReady(link, READ));
            bench().assertQuiet();
        }
    }

    /** Returns a source that is watched for edges. Where that is refused, checks how and ends the test. */
    private Link edge(int events) throws IOException {
        Link link = links().duplex();
        registerOrRefuse(link, events | EDGE, Capability.EDGE);
        return link;
    }

    private void registerOrRefuse(Link link, int events, Capability needed) throws IOException {
        if (bench().subject.has(needed)) {
            selector().register(link.source(), events, null);
            return;
        }
        assertUnsupported(() -> selector().register(link.source(), events, null), events, needed);
        SelectorKey key = selector().register(link.source(), READ, "old");
        assertUnsupported(() -> selector().modify(link.source(), events), events, needed);
        assertUnsupported(() -> selector().modify(link.source(), events, "new"), events, needed);
        assertSame(key, selector().key(link.source()));
        throw new RefusedAsItShould();
    }

    private void assertUnsupported(org.junit.jupiter.api.function.Executable call, int events, Capability needed) {
        UnsupportedEventsException refusal = bench().assertRefused(
                        UnsupportedEventsException.class,
                        call,
                        Events.toString(events),
                        bench().subject.provider().name(),
                        needed,
                        "; ");
        assertEquals(needed, refusal.missing());
    }

    @Test
    @Rule("EDGE-1")
    default void anEdgeFromBeforeTheRegistrationIsReported() throws IOException {
        Link link = edge(NONE);
        link.makeReadable();
        selector().unregister(link.source());

        selector().register(link.source(), READ | EDGE, null);

        assertEquals(READ, bench().awaitReady(link, READ));
        bench().assertQuiet();
    }

    @Test
    @Rule("EDGE-1")
    default void modifyReportsWhatIsPendingBehindAnEdge() throws IOException {
        Link link = edge(READ);
        link.makeReadable();
        bench().awaitReady(link, READ);
        bench().assertQuiet();

        selector().modify(link.source(), READ | EDGE);

        assertEquals(READ, bench().awaitReady(link, READ));
        bench().assertQuiet();
    }

    @Test
    @Rule({"EDGE-1", "ONE-1"})
    default void edgeAndOneShotGoTogether() throws IOException {
        Link link = edge(READ | ONESHOT);
        link.makeReadable();
        assertEquals(READ, bench().awaitReady(link, READ));

        link.makeReadable();
        bench().assertQuiet();

        selector().modify(link.source(), READ | EDGE | ONESHOT);
        assertEquals(READ, bench().awaitReady(link, READ));
    }

    @Test
    @Rule({"EDGE-1", "MOD-1"})
    default void edgeBecomesLevelByModify() throws IOException {
        Link link = edge(READ);
        link.makeReadable();
        bench().awaitReady(link, READ);

        selector().modify(link.source(), READ);

        assertEquals(READ, bench().awaitReady(link, READ));
        assertEquals(READ, bench().readyNow(link));
    }

    @Test
    @Rule("PRI-1")
    default void urgentDataIsReportedOrRefused() throws IOException {
        Link.Connection link =
                bench().subject.has(Capability.JAVA_CHANNELS) ? links().socketChannels() : links().connection();
        registerOrRefuse(link, PRIORITY, Capability.PRIORITY);
        link.makeReadable();
        bench().assertQuiet();

        try {
            link.peer().sendUrgent();
        } catch (UnsupportedOperationException e) {
            throw new TestAbortedException("needs a TCP socket or Descriptors.sendUrgent", e);
        }

        assertEquals(PRIORITY, bench().awaitReady(link, PRIORITY));
    }
}
