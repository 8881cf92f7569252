package dev.pollux.tck.rules;

import static dev.pollux.Events.NONE;
import static dev.pollux.Events.READ;
import static dev.pollux.Events.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Capability;
import dev.pollux.Fd;
import dev.pollux.HasFd;
import dev.pollux.Ready;
import dev.pollux.SelectorKey;
import dev.pollux.tck.source.Descriptors;
import dev.pollux.tck.source.TestSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** UNR-6 and UNR-7: what the kernel still holds of a source that was let go or closed. */
public interface ReleaseRules extends RuleGroup {

    /** Returns one of each kind whose peer can see an end. */
    private List<TestSource.Connection> connections() throws IOException {
        List<TestSource.Connection> all = new ArrayList<>(List.of(
                sources().connection(), sources().pipeReader(), sources().pipeWriter()));
        if (fixture().subject.has(Capability.JAVA_CHANNELS)) {
            all.add(sources().socketChannels());
            all.add(sources().pipeChannels());
        }
        return all;
    }

    private static int direction(TestSource source) {
        return source.kind() == TestSource.Kind.WRITER ? WRITE : READ;
    }

    private void assertPeerSeesTheEnd(TestSource.Connection source) {
        fixture().await(() -> peerSeesTheEnd(source), "the peer of " + source + " sees the end");
    }

    private static boolean peerSeesTheEnd(TestSource.Connection source) {
        byte[] one = new byte[1];
        try {
            if (source.kind() == TestSource.Kind.READER) {
                source.peer().write(one);
                return false;
            }
            return source.peer().read(one) < 0;
        } catch (IOException reset) {
            return true;
        }
    }

    @Test
    @Rule("UNR-7")
    default void afterUnregisterAndCloseThePeerSeesTheEnd() throws IOException {
        for (TestSource.Connection source : connections()) {
            selector().register(source.fileobj(), direction(source), null);

            selector().unregister(source.fileobj());
            source.closeSource();

            assertPeerSeesTheEnd(source);
        }
    }

    @Test
    @Rule("UNR-7")
    default void aSourceThatWasReportedIsLetGoAtOnceToo() throws IOException {
        for (TestSource.Connection source : connections()) {
            selector().register(source.fileobj(), direction(source), null);
            if (source.kind() != TestSource.Kind.WRITER) {
                source.makeReadable();
            }
            fixture().awaitReady(source, direction(source));

            selector().unregister(source.fileobj());
            source.closeSource();

            assertPeerSeesTheEnd(source);
        }
    }

    @Test
    @Rule("UNR-7")
    default void insideAHandlerASourceIsLetGoAtOnceToo() throws IOException {
        for (TestSource.Connection source : connections()) {
            selector().register(source.fileobj(), direction(source), null);
            if (source.kind() != TestSource.Kind.WRITER) {
                source.makeReadable();
            }

            int reported = selector().select(fixture().soon(), (key, ready) -> {
                selector().unregister(key.fileobj());
                source.closeSource();
                assertPeerSeesTheEnd(source);
            });

            assertEquals(1, reported);
        }
    }

    @Test
    @Rule({"UNR-7", "REG-3"})
    default void whatIsWatchedForNothingIsNotHeld() throws IOException {
        for (TestSource.Connection source : connections()) {
            selector().register(source.fileobj(), NONE, null);
            source.closeSource();

            assertPeerSeesTheEnd(source);
            selector().unregister(source.fileobj());
        }
        for (TestSource.Connection source : connections()) {
            selector().register(source.fileobj(), direction(source), null);
            selector().modify(source.fileobj(), NONE);
            selector().selectNow();
            source.closeSource();

            assertPeerSeesTheEnd(source);
            selector().unregister(source.fileobj());
        }
    }

    @Test
    @Rule({"UNR-6", "UNR-7"})
    default void aSourceThatIsClosedFirstIsLetGoByUnregister() throws IOException {
        for (TestSource.Connection source : connections()) {
            SelectorKey key = selector().register(source.fileobj(), direction(source), null);
            source.closeSource();

            assertSame(key, selector().unregister(source.fileobj()));

            assertPeerSeesTheEnd(source);
        }
    }

    @Test
    @Rule("UNR-6")
    default void aNumberThatBelongsToAnotherFileIsNoBurdenOnIt() throws IOException {
        Descriptors system = fixture().descriptors();
        TestSource.Connection old = sources().descriptorConnection(system);
        int number = selector().register(old.fileobj(), READ, "old").fd();
        TestSource.Connection fresh = sources().descriptorConnection(system);
        old.closeSource();
        system.dup2(((HasFd) fresh.fileobj()).fd(), number);
        try {
            SelectorKey key = selector().key(old.fileobj());
            try {
                key = selector().modify(old.fileobj(), READ | WRITE);
            } catch (IOException another) {
                assertTrue(another.toString().contains("unregister"), () -> "the way out is missing: " + another);
            }
            selector().selectNow();

            assertSame(key, selector().unregister(old.fileobj()));

            assertEquals(Map.of(), selector().keys());
            fresh.makeReadable();
            fixture().assertQuiet();
            SelectorKey its = selector().register(Fd.of(number), READ, "fresh");
            assertEquals(
                    List.of(new Ready(its, READ)), selector().select(fixture().soon()));
        } finally {
            system.close(number);
        }
    }
}
