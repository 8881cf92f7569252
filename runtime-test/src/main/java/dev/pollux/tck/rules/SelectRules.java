package dev.pollux.tck.rules;

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
import dev.pollux.tck.source.Endpoint;
import dev.pollux.tck.source.TestSource;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

/** SEL: what is reported. */
public interface SelectRules extends RuleGroup {

    @Test
    @Rule("SEL-1")
    default void whatIsStillReadyIsReportedAgain() throws IOException {
        TestSource source = sources().duplex();
        selector().register(source.fileobj(), READ, null);
        source.makeReadable();
        fixture().awaitReady(source, READ);

        for (int i = 0; i < 20; i++) {
            assertEquals(READ, fixture().readyNow(source));
        }
        source.drain();
        fixture().assertQuiet();
    }

    @Test
    @Rule("SEL-1")
    default void whatIsPartlyReadIsReportedAgain() throws IOException {
        TestSource.Connection source = sources().connection();
        selector().register(source.fileobj(), READ, null);
        source.send(new byte[3]);
        fixture().awaitReady(source, READ);
        byte[] one = new byte[1];

        for (int left = 3; left > 0; left--) {
            assertEquals(READ, fixture().awaitReady(source, READ), left + " bytes are left");
            assertEquals(1, source.end().read(one));
        }
        fixture().assertQuiet();
    }

    @Test
    @Rule("SEL-1")
    default void roomToWriteIsReportedAsLongAsItLasts() throws IOException {
        for (TestSource.Connection source :
                List.of(sources().connection(), sources().pipeWriter())) {
            selector().register(source.fileobj(), WRITE, null);
            assertEquals(WRITE, fixture().awaitReady(source, WRITE));
            assertEquals(WRITE, fixture().readyNow(source));

            fill(source);
            fixture().assertQuiet();
            source.relieve();

            assertEquals(WRITE, fixture().awaitReady(source, WRITE));
            selector().unregister(source.fileobj());
        }
    }

    /** Until no more is taken for a while: over the loopback interface, data moves on to the peer's buffer. */
    private void fill(TestSource.Connection source) throws IOException {
        do {
            source.fill();
        } while (!selector().select(Fixture.QUIET).isEmpty());
    }

    @Test
    @Rule("SEL-1")
    default void readinessFromBeforeTheRegistrationIsReported() throws IOException {
        TestSource source = sources().reader();
        source.makeReadable();

        SelectorKey key = selector().register(source.fileobj(), READ, null);

        assertEquals(List.of(new Ready(key, READ)), selector().selectNow());
    }

    @Test
    @Rule("SEL-1")
    default void dataThatArrivesDuringTheWaitEndsIt() throws Exception {
        TestSource source = sources().duplex();
        SelectorKey key = selector().register(source.fileobj(), READ, null);
        var select = fixture().backgroundSelect();

        source.makeReadable();

        assertEquals(List.of(new Ready(key, READ)), fixture().result(select));
    }

    @Test
    @Rule("SEL-2")
    default void bothDirectionsComeInOneEntry() throws IOException {
        TestSource source = sources().duplex();
        SelectorKey key = selector().register(source.fileobj(), READ | WRITE, null);
        source.makeReadable();
        fixture().awaitReady(source, READ | WRITE);

        assertEquals(List.of(new Ready(key, READ | WRITE)), selector().selectNow());
    }

    @Test
    @Rule("SEL-2")
    default void onlyWhatWasAskedForIsReported() throws IOException {
        TestSource source = sources().duplex();
        selector().register(source.fileobj(), READ | WRITE, null);
        source.makeReadable();
        fixture().awaitReady(source, READ | WRITE);

        selector().modify(source.fileobj(), WRITE);

        assertEquals(WRITE, fixture().readyNow(source));
    }

    @Test
    @Rule("SEL-2")
    default void whatIsNotReadyIsNotReported() throws IOException {
        TestSource idle = sources().duplex();
        TestSource busy = sources().duplex();
        selector().register(idle.fileobj(), READ, null);
        SelectorKey key = selector().register(busy.fileobj(), READ, null);

        busy.makeReadable();

        assertEquals(List.of(new Ready(key, READ)), selector().select(fixture().soon()));
        assertEquals(List.of(new Ready(key, READ)), selector().selectNow());
    }

    @Test
    @Rule("SEL-2")
    default void aDirectionThatIsNotReadyIsNotReportedWithTheOther() throws IOException {
        TestSource.Connection source = sources().connection();
        SelectorKey key = selector().register(source.fileobj(), READ | WRITE, null);

        assertEquals(List.of(new Ready(key, WRITE)), selector().select(fixture().soon()));
    }

    @Test
    @Rule("SEL-3")
    default void aClosedPeerIsReadable() throws IOException {
        TestSource.Connection source = sources().connection();
        selector().register(source.fileobj(), READ, null);

        source.closePeer();

        int ready = fixture().awaitReady(source, READ);
        assertTroubleOnlyIfTold(ready);
        assertEquals(-1, source.end().read(new byte[1]));
        assertEquals(READ, fixture().awaitReady(source, READ) & READ, "the end lasts");
    }

    @Test
    @Rule("SEL-3")
    default void theWriterOfAPipeLeaving() throws IOException {
        TestSource.Connection source = sources().pipeReader();
        selector().register(source.fileobj(), READ, null);
        fixture().assertQuiet();

        source.closePeer();

        int ready = fixture().awaitReady(source, READ);
        assertTroubleOnlyIfTold(ready);
        if (fixture().subject.has(Capability.HANGUP)) {
            assertEquals(READ | HANGUP, ready);
        }
        assertEquals(-1, source.end().read(new byte[1]));
    }

    @Test
    @Rule("SEL-3")
    default void theReaderOfAPipeLeaving() throws IOException {
        TestSource.Connection source = sources().pipeWriter();
        selector().register(source.fileobj(), WRITE, null);
        fill(source);
        fixture().assertQuiet();

        source.closePeer();

        int ready = fixture().awaitReady(source, WRITE);
        assertTroubleOnlyIfTold(ready);
        if (fixture().subject.has(Capability.HANGUP)) {
            assertNotEquals(0, ready & (ERROR | HANGUP), () -> Events.toString(ready));
        }
    }

    @Test
    @Rule("SEL-3")
    default void anAbortShowsAsEveryDirectionAskedFor() throws IOException {
        for (int asked : new int[] {READ, WRITE, READ | WRITE}) {
            TestSource.Connection source = sources().connection();
            fill(registered(source, asked));
            source.peer().reset();

            int ready = fixture().awaitReady(source, asked);

            assertEquals(asked, ready & Events.DIRECTIONS);
            assertTroubleOnlyIfTold(ready);
            if (fixture().subject.has(Capability.HANGUP)) {
                assertNotEquals(0, ready & (ERROR | HANGUP), () -> Events.toString(ready));
            }
            selector().unregister(source.fileobj());
        }
    }

    private TestSource.Connection registered(TestSource.Connection source, int events) throws IOException {
        selector().register(source.fileobj(), events, null);
        return source;
    }

    private void assertTroubleOnlyIfTold(int ready) {
        if (!fixture().subject.has(Capability.HANGUP)) {
            assertEquals(0, ready & REPORTED_ONLY, () -> "without the capability HANGUP: " + Events.toString(ready));
        }
    }

    @Test
    @Rule("SEL-3")
    default void dataFromBeforeAHangUpCanBeRead() throws IOException {
        for (TestSource.Connection source :
                List.of(sources().connection(), sources().pipeReader())) {
            selector().register(source.fileobj(), READ, null);
            source.send(new byte[10]);
            source.closePeer();

            fixture().awaitReady(source, READ);

            assertEquals(10, source.drain());
            fixture().awaitReady(source, READ);
            assertEquals(-1, source.end().read(new byte[1]));
            selector().unregister(source.fileobj());
        }
    }

    @Test
    @Rule("SEL-4")
    default void afterAHalfCloseTheOtherHalfWorks() throws IOException {
        TestSource.Connection source = sources().connection();
        selector().register(source.fileobj(), READ, null);
        int sent = 0;
        byte[] chunk = new byte[8192];
        for (int i = 0; i < 8; i++) {
            sent += source.peer().write(chunk);
        }
        source.peer().shutdownOutput();

        int received = 0;
        int count = 0;
        while (count >= 0) {
            fixture().awaitReady(source, READ);
            count = source.end().read(chunk);
            received += Math.max(0, count);
        }

        assertEquals(sent, received);
        selector().modify(source.fileobj(), WRITE);
        fixture().awaitReady(source, WRITE);
        assertEquals(5, source.end().write(new byte[5]));
        fixture().await(() -> takes(source.peer(), 5), "the peer gets what is sent after its own half is closed");
    }

    private static boolean takes(Endpoint peer, int count) {
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
            TestSource source = sources().reader();
            selector().register(source.fileobj(), READ, i);
            source.makeReadable();
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
        int excused = fixture().subject.has(Capability.DESCRIPTORS) ? 0 : many * Integer.BYTES * 4;
        assertTrue(
                allocated < (excused + 1L) * rounds,
                () -> allocated + " bytes for " + rounds + " selects of " + many + " events");
    }

    private void makeReady(int sources) throws IOException {
        for (int i = 0; i < sources; i++) {
            TestSource source = sources().reader();
            selector().register(source.fileobj(), READ, null);
            source.makeReadable();
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
            selector().register(sources().writer().fileobj(), WRITE, i);
        }
        int[] calls = {0};

        int count = selector().select(fixture().soon(), (key, ready) -> calls[0]++);

        assertEquals(5, count);
        assertEquals(5, calls[0]);
        assertEquals(5, selector().metrics().events());
    }
}
