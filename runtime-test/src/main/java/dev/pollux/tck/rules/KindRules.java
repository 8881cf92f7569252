package dev.pollux.tck.rules;

import static dev.pollux.Events.EDGE;
import static dev.pollux.Events.ONESHOT;
import static dev.pollux.Events.READ;
import static dev.pollux.Events.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Capability;
import dev.pollux.SelectorKey;
import dev.pollux.UnsupportedEventsException;
import dev.pollux.tck.source.SourceFactory;
import dev.pollux.tck.source.SourceKinds;
import dev.pollux.tck.source.TestedBackend;
import dev.pollux.tck.source.WatchedSource;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.opentest4j.AssertionFailedError;

/** The core of the contract on every kind of source that the subject watches, the subject's own among them. */
public interface KindRules extends RuleGroup {

    /** What is to be seen with a source of any kind. */
    @FunctionalInterface
    interface Behaviour {

        void show(WatchedSource source) throws IOException;
    }

    private void onEveryKind(Behaviour behaviour) throws IOException {
        TestedBackend subject = fixture().subject;
        Map<String, SourceFactory> kinds =
                SourceKinds.of(subject.provider().capabilities(), subject.descriptors(), sources());
        kinds.putAll(subject.sources());
        for (Map.Entry<String, SourceFactory> kind : kinds.entrySet()) {
            try (WatchedSource source = kind.getValue().open()) {
                behaviour.show(source);
                if (selector().keys().containsKey(source.fileobj())) {
                    selector().unregister(source.fileobj());
                }
            } catch (AssertionError | IOException | RuntimeException e) {
                throw with(kind.getKey(), e);
            }
        }
    }

    private static AssertionFailedError with(String kind, Throwable failure) {
        String message =
                "with " + kind + ": " + (failure instanceof AssertionError ? failure.getMessage() : failure.toString());
        AssertionFailedError named = failure instanceof AssertionFailedError compared && compared.isExpectedDefined()
                ? new AssertionFailedError(message, compared.getExpected(), compared.getActual(), failure)
                : new AssertionFailedError(message, failure);
        named.setStackTrace(failure.getStackTrace());
        return named;
    }

    private int awaitReady(WatchedSource source, int bits) throws IOException {
        return fixture().awaitReady(selector(), source.fileobj(), bits);
    }

    private void assertQuietUnlessAlwaysReady(WatchedSource source) throws IOException {
        if (source.isAlwaysReady()) {
            awaitReady(source, READ);
        } else {
            fixture().assertQuiet();
        }
    }

    @Test
    @Rule("SEL-1")
    default void everyKindOfSourceIsReportedAsLongAsItIsReady() throws IOException {
        onEveryKind(source -> {
            selector().register(source.fileobj(), READ, null);
            assertQuietUnlessAlwaysReady(source);

            source.makeReadable();
            for (int i = 0; i < 3; i++) {
                assertEquals(READ, awaitReady(source, READ));
            }

            source.drain();
            assertQuietUnlessAlwaysReady(source);
            if ((source.directions() & WRITE) != 0) {
                selector().modify(source.fileobj(), READ | WRITE);
                assertEquals(WRITE, awaitReady(source, WRITE));
                assertEquals(WRITE, awaitReady(source, WRITE));
            }
        });
    }

    @Test
    @Rule({"UNR-1", "REG-12"})
    default void everyKindOfSourceIsReportedWhileItIsRegistered() throws IOException {
        onEveryKind(source -> {
            SelectorKey key = selector().register(source.fileobj(), READ, "first");
            source.makeReadable();
            awaitReady(source, READ);

            assertSame(key, selector().unregister(source.fileobj()));
            fixture().assertQuiet();
            assertEquals(0, selector().metrics().staleEvents(), "the kernel has forgotten it too");

            selector().register(source.fileobj(), READ, "second");
            assertEquals(READ, awaitReady(source, READ));
        });
    }

    @Test
    @Rule("ONE-1")
    default void everyKindOfSourceCanBeReportedOnce() throws IOException {
        onEveryKind(source -> {
            selector().register(source.fileobj(), READ | ONESHOT, null);
            source.makeReadable();

            for (int i = 0; i < 3; i++) {
                assertEquals(READ, awaitReady(source, READ));
                fixture().assertQuiet();
                selector().modify(source.fileobj(), READ | ONESHOT);
            }
        });
    }

    @Test
    @Rule("EDGE-1")
    default void everyKindOfSourceReportsItsEdgesOrRefuses() throws IOException {
        if (!fixture().subject.has(Capability.EDGE)) {
            onEveryKind(source -> fixture()
                    .assertRefused(
                            UnsupportedEventsException.class,
                            () -> selector().register(source.fileobj(), READ | EDGE, null),
                            Capability.EDGE));
            throw new ProvenRefusal();
        }
        onEveryKind(source -> {
            if (source.isAlwaysReady()) {
                return;
            }
            selector().register(source.fileobj(), READ | EDGE, null);
            fixture().assertQuiet();

            for (int i = 0; i < 3; i++) {
                source.makeReadable();
                assertEquals(READ, awaitReady(source, READ));
                fixture().assertQuiet();
                source.drain();
            }

            source.makeReadable();
            awaitReady(source, READ);
            selector().modify(source.fileobj(), READ | EDGE);
            assertEquals(READ, awaitReady(source, READ), "what is pending at a modify");
        });
    }

    @Test
    @Rule("SEL-3")
    default void theEndOfEveryKindOfSourceIsReported() throws IOException {
        onEveryKind(source -> {
            selector().register(source.fileobj(), READ, null);
            if (source.closePeer()) {
                awaitReady(source, READ);
                awaitReady(source, READ);

                selector().unregister(source.fileobj());
                fixture().assertQuiet();
            }
        });
    }

    @Test
    @Rule("SEL-4")
    default void everyKindOfSourceGoesOnAfterAHalfClose() throws IOException {
        onEveryKind(source -> {
            selector().register(source.fileobj(), READ, null);
            source.makeReadable();
            if (source.endPeerOutput()) {
                awaitReady(source, READ);
                source.drain();
                awaitReady(source, READ);

                selector().modify(source.fileobj(), source.directions());
                awaitReady(source, source.directions());
            }
        });
    }

    @Test
    @Rule("UNR-6")
    default void aSourceOfAnyKindThatIsClosedWhileItIsRegisteredIsToldOnceAtMost() throws IOException {
        onEveryKind(source -> assertToldOnceAtMost(source, false));
    }

    @Test
    @Rule("UNR-6")
    default void aSourceOfAnyKindThatIsClosedWhileItIsReadyIsToldOnceAtMost() throws IOException {
        onEveryKind(source -> assertToldOnceAtMost(source, true));
    }

    private void assertToldOnceAtMost(WatchedSource source, boolean ready) throws IOException {
        SelectorKey key = selector().register(source.fileobj(), READ, "data");
        if (ready) {
            source.makeReadable();
            awaitReady(source, READ);
        }

        source.closeSource();

        int told = selector().select(Fixture.QUIET).size();
        assertTrue(told <= 1, () -> told + " events");
        fixture().assertQuiet();
        fixture().assertQuiet();
        assertSame(key, selector().unregister(source.fileobj()));
        fixture().assertQuiet();
    }

    @Test
    @Rule("SWAP-1")
    default void everyKindOfSourceIsReportedAfterASwap() throws IOException {
        onEveryKind(source -> {
            selector().register(source.fileobj(), READ, null);
            source.makeReadable();

            selector().swap(selector().backend());

            assertEquals(READ, awaitReady(source, READ));
            source.drain();
            assertQuietUnlessAlwaysReady(source);
        });
    }
}
