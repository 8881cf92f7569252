package dev.pollux.tck;

import static dev.pollux.Events.ERROR;
import static dev.pollux.Events.HANGUP;
import static dev.pollux.Events.READ;
import static dev.pollux.Events.REPORTED_ONLY;
import static dev.pollux.Events.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.pollux.Capability;
import dev.pollux.Events;
import dev.pollux.Ready;
import dev.pollux.SelectorKey;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

/** SEL: what is reported. */
interface SelectRules extends RuleGroup {

    @Test
    @Rule("SEL-1")
    default void whatIsStillReadyIsReportedAgain() throws IOException {
        Link link = links().duplex();
        selector().register(link.source(), READ, null);
        link.makeReadable();
        bench().awaitReady(link, READ);

        for (int i = 0; i < 20; i++) {
            assertEquals(READ, bench().readyNow(link));
        }
        link.drain();
        bench().assertQuiet();
    }

    @Test
    @Rule("SEL-1")
    default void whatIsPartlyReadIsReportedAgain() throws IOException {
        Link.Connection link = links().connection();
        selector().register(link.source(), READ, null);
        link.send(new byte[3]);
        bench().awaitReady(link, READ);
        byte[] one = new byte[1];

        for (int left = 3; left > 0; left--) {
            assertEquals(READ, bench().awaitReady(link, READ), left + " bytes are left");
            assertEquals(1, link.end().read(one));
        }
        bench().assertQuiet();
    }

    @Test
    @Rule("SEL-1")
    default void roomToWriteIsReportedAsLongAsItLasts() throws IOException {
        for (Link.Connection link : List.of(links().connection(), links().pipeWriter())) {
            selector().register(link.source(), WRITE, null);
            assertEquals(WRITE, bench().awaitReady(link, WRITE));
            assertEquals(WRITE, bench().readyNow(link));

            fill(link);
            bench().assertQuiet();
            link.relieve();

            assertEquals(WRITE, bench().awaitReady(link, WRITE));
            selector().unregister(link.source());
        }
    }

    /** Until no more is taken for a while: over the loopback interface, data moves on to the peer's buffer. */
    private void fill(Link.Connection link) throws IOException {
        do {
            link.fill();
        } while (!selector().select(Bench.QUIET).isEmpty());
    }

    @Test
    @Rule("SEL-1")
    default void readinessFromBeforeTheRegistrationIsReported() throws IOException {
        Link link = links().reader();
        link.makeReadable();

        SelectorKey key = selector().register(link.source(), READ, null);

        assertEquals(List.of(new Ready(key, READ)), selector().selectNow());
    }

    @Test
    @Rule("SEL-1")
    default void dataThatArrivesDuringTheWaitEndsIt() throws Exception {
        Link link = links().duplex();
        SelectorKey key = selector().register(link.source(), READ, null);
        var select = bench().backgroundSelect();

        link.makeReadable();

        assertEquals(List.of(new Ready(key, READ)), bench().result(select));
    }

    @Test
    @Rule("SEL-2")
    default void bothDirectionsComeInOneEntry() throws IOException {
        Link link = links().duplex();
        SelectorKey key = selector().register(link.source(), READ | WRITE, null);
        link.makeReadable();
        bench().awaitReady(link, READ | WRITE);

        assertEquals(List.of(new Ready(key, READ | WRITE)), selector().selectNow());
    }

    @Test
    @Rule("SEL-2")
    default void onlyWhatWasAskedForIsReported() throws IOException {
        Link link = links().duplex();
        selector().register(link.source(), READ | WRITE, null);
        link.makeReadable();
        bench().awaitReady(link, READ | WRITE);

        selector().modify(link.source(), WRITE);

        assertEquals(WRITE, bench().readyNow(link));
    }

    @Test
    @Rule("SEL-2")
    default void whatIsNotReadyIsNotReported() throws IOException {
        Link idle = links().duplex();
        Link busy = links().duplex();
        selector().register(idle.source(), READ, null);
        SelectorKey key = selector().register(busy.source(), READ, null);

        busy.makeReadable();

        assertEquals(List.of(new Ready(key, READ)), selector().select(bench().soon()));
        assertEquals(List.of(new Ready(key, READ)), selector().selectNow());
    }

    @Test
    @Rule("SEL-2")
    default void aDirectionThatIsNotReadyIsNotReportedWithTheOther() throws IOException {
        Link.Connection link = links().connection();
        SelectorKey key = selector().register(link.source(), READ | WRITE, null);

        assertEquals(List.of(new Ready(key, WRITE)), selector().select(bench().soon()));
    }

    @Test
    @Rule("SEL-3")
    default void aClosedPeerIsReadable() throws IOException {
        Link.Connection link = links().connection();
        selector().register(link.source(), READ, null);

        link.closePeer();

        int ready = bench().awaitReady(link, READ);
        assertTroubleOnlyIfTold(ready);
        assertEquals(-1, link.end().read(new byte[1]));
        assertEquals(READ, bench().awaitReady(link, READ) & READ, "the end lasts");
    }

    @Test
    @Rule("SEL-3")
    default void theWriterOfAPipeLeaving() throws IOException {
        Link.Connection link = links().pipeReader();
        selector().register(link.source(), READ, null);
        bench().assertQuiet();

        link.closePeer();

        int ready = bench().awaitReady(link, READ);
        assertTroubleOnlyIfTold(ready);
        if (bench().subject.has(Capability.HANGUP)) {
            assertEquals(READ | HANGUP, ready);
        }
        assertEquals(-1, link.end().read(new byte[1]));
    }

    @Test
    @Rule("SEL-3")
    default void theReaderOfAPipeLeaving() throws IOException {
        Link.Connection link = links().pipeWriter();
        selector().register(link.source(), WRITE, null);
        fill(link);
        bench().assertQuiet();

        link.closePeer();

        int ready = bench().awaitReady(link, WRITE);
        assertTroubleOnlyIfTold(ready);
        if (bench().subject.has(Capability.HANGUP)) {
            assertNotEquals(0, ready & (ERROR | HANGUP), () -> Events.toString(ready));
        }
    }

    @Test
    @Rule("SEL-3")
    default void anAbortShowsAsEveryDirectionAskedFor() throws IOException {
        for (int asked : new int[] {READ, WRITE, READ | WRITE}) {
            Link.Connection link = links().connection();
            fill(registered(link, asked));
            link.peer().reset();

            int ready = bench().awaitReady(link, asked);

            assertEquals(asked, ready & Events.DIRECTIONS);
            assertTroubleOnlyIfTold(ready);
            if (bench().subject.has(Capability.HANGUP)) {
                assertNotEquals(0, ready & (ERROR | HANGUP), () -> Events.toString(ready));
            }
            selector().unregister(link.source());
        }
    }

    private Link.Connection registered(Link.Connection link, int events) throws IOException {
        selector().register(link.source(), events, null);
        return link;
    }

    private void assertTroubleOnlyIfTold(int ready) {
        if (!bench().subject.has(Capability.HANGUP)) {
            assertEquals(0, ready & REPORTED_ONLY, () -> "without the capability HANGUP: " + Events.toString(ready));
        }
    }

    @Test
    @Rule("SEL-3")
    default void dataFromBeforeAHangUpCanBeRead() throws IOException {
        for (Link.Connection link : List.of(links().connection(), links().pipeReader())) {
            selector().register(link.source(), READ, null);
            link.send(new byte[10]);
            link.closePeer();

            bench().awaitReady(link, READ);

            assertEquals(10, link.drain());
            bench().awaitReady(link, READ);
            assertEquals(-1, link.end().read(new byte[1]));
            selector().unregister(link.source());
        }
    }

    @Test
    @Rule("SEL-4")
    default void afterAHalfCloseTheOtherHalfWorks() throws IOException {
        Link.Connection link = links().connection();
        selector().register(link.source(), READ, null);
        int sent = 0;
        byte[] chunk = new byte[8192];
        for (int i = 0; i < 8; i++) {
            sent += link.peer().write(chunk);
        }
        link.peer().shutdownOutput();

        int received = 0;
        int count = 0;
        while (count >= 0) {
            bench().awaitReady(link, READ);
            count = link.end().read(chunk);
            received += Math.max(0, count);
        }

        assertEquals(sent, received);
        selector().modify(link.source(), WRITE);
        bench().awaitReady(link, WRITE);
        assertEquals(5, link.end().write(new byte[5]));
        bench().await(() -> takes(link.peer(), 5), "the peer gets what is sent after its own half is closed");
    }

    private static boolean takes(End peer, int count) {
        try {
            return peer.read(new byte[count]) == count;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    @Rule("SEL-10")
    default void everybodyHasATurn() throws IOException {
        // More than one batch of most backends, and fewer descriptors than select(2) can take.
        int sources = 300;
        for (int i = 0; i < sources; i++) {
            Link link = links().reader();
            selector().register(link.source(), READ, i);
            link.makeReadable();
        }

        Set<Object> seen = new HashSet<>();
        List<Ready> batch = selector().selectNow();
        int selects = (sources + batch.size() - 1) / Math.max(1, batch.size());
        for (int i = 1; i <= selects; i++) {
            batch.forEach(ready -> seen.add(ready.key().data()));
            batch = selector().selectNow();
        }

        assertEquals(sources, seen.size(), () -> "sources reported within " + selects + " selects");
    }

    @Test
    @Rule("SEL-13")
    default void anEventCostsNoAllocation() throws IOException {
        if (!(ManagementFactory.getThreadMXBean() instanceof ThreadMXBean threads)
                || !threads.isThreadAllocatedMemorySupported()) {
            throw new TestAbortedException("this JVM does not count what a thread allocates");
        }
        int many = 64;
        int rounds = 5_000;
        makeReady(many);
        spin(rounds);

        long before = threads.getCurrentThreadAllocatedBytes();
        spin(rounds);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;

        // Below a backend that watches no descriptors is a java.nio selector, which boxes each descriptor's number.
        int excused = bench().subject.has(Capability.DESCRIPTORS) ? 0 : many * Integer.BYTES * 4;
        assertTrue(
                allocated < (excused + 1L) * rounds,
                () -> allocated + " bytes for " + rounds + " selects of " + many + " events");
    }

    private void makeReady(int sources) throws IOException {
        for (int i = 0; i < sources; i++) {
            Link link = links().reader();
            selector().register(link.source(), READ, null);
            link.makeReadable();
        }
    }

    private void spin(int rounds) throws IOException {
        for (int i = 0; i < rounds; i++) {
            selector().select(Duration.ZERO, (key, ready) -> {});
        }
    }

    @Test
    @Rule("SEL-2")
    default void selectTellsHowManyItHandedOver() throws IOException {
        for (int i = 0; i < 5; i++) {
            selector().register(links().writer().source(), WRITE, i);
        }
        int[] calls = {0};

        int count = selector().select(bench().soon(), (key, ready) -> calls[0]++);

        assertEquals(5, count);
        assertEquals(5, calls[0]);
        assertEquals(5, selector().metrics().events());
    }
}
