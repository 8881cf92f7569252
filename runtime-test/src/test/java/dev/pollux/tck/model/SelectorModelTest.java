package dev.pollux.tck.model;

import static dev.pollux.Events.HANGUP;
import static dev.pollux.Events.NONE;
import static dev.pollux.Events.ONESHOT;
import static dev.pollux.Events.READ;
import static dev.pollux.Events.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.AlreadyRegisteredException;
import dev.pollux.NotRegisteredException;
import dev.pollux.tck.source.TestSource;
import java.util.List;
import org.junit.jupiter.api.Test;

class SelectorModelTest {

    private static final int DUPLEX = 0;
    private static final int READER = 1;
    private static final int WRITER = 2;
    private static final int LISTENER = 3;

    private final SelectorModel model = model(true);

    private static SelectorModel model(boolean channels) {
        return new SelectorModel(
                List.of(
                        TestSource.Kind.DUPLEX,
                        TestSource.Kind.READER,
                        TestSource.Kind.WRITER,
                        TestSource.Kind.LISTENER),
                channels);
    }

    @Test
    void whatWasSentIsDueUntilItIsTaken() {
        model.register(DUPLEX, READ, 0);
        assertEquals(0, model.due(DUPLEX));

        model.makeReadable(DUPLEX);
        assertEquals(READ, model.due(DUPLEX));
        model.reported(DUPLEX, READ);
        assertEquals(READ, model.due(DUPLEX));

        model.drain(DUPLEX);
        assertEquals(0, model.due(DUPLEX));
    }

    @Test
    void roomToWriteIsAlwaysDueWhereThereCanBeAny() {
        model.register(DUPLEX, READ | WRITE, 0);
        model.register(WRITER, WRITE, 0);
        model.register(READER, READ, 0);

        assertEquals(WRITE, model.due(DUPLEX));
        assertEquals(WRITE, model.due(WRITER));
        assertEquals(0, model.due(READER));
    }

    @Test
    void onlyWhatIsAskedForIsDue() {
        model.makeReadable(DUPLEX);
        assertEquals(0, model.due(DUPLEX));

        model.register(DUPLEX, WRITE, 0);
        assertEquals(WRITE, model.due(DUPLEX));
        model.modify(DUPLEX, NONE, 0);
        assertEquals(0, model.due(DUPLEX));
    }

    @Test
    void withoutAPeerEveryDirectionIsDue() {
        model.register(DUPLEX, READ | WRITE, 0);
        model.register(READER, READ, 0);

        model.closePeer(DUPLEX);
        model.closePeer(READER);

        assertEquals(READ | WRITE, model.due(DUPLEX));
        assertEquals(READ, model.due(READER));
        assertTrue(model.isPeerGone(READER));
        assertFalse(model.canReceive(READER));
    }

    @Test
    void aListenerKeepsWhoIsWaitingWhenClientsLeave() {
        model.register(LISTENER, READ, 0);
        model.makeReadable(LISTENER);

        model.closePeer(LISTENER);

        assertEquals(READ, model.due(LISTENER));
        model.drain(LISTENER);
        assertEquals(0, model.due(LISTENER));
        assertTrue(model.canReceive(LISTENER));
    }

    @Test
    void oneShotLosesWhatWasReportedAndKeepsTheRest() {
        model.register(DUPLEX, READ | WRITE | ONESHOT, 0);
        model.reported(DUPLEX, WRITE);
        assertEquals(0, model.due(DUPLEX));

        model.makeReadable(DUPLEX);
        assertEquals(READ, model.due(DUPLEX));
        model.reported(DUPLEX, READ);
        assertEquals(0, model.due(DUPLEX));

        model.modify(DUPLEX, READ | WRITE | ONESHOT, 0);
        assertEquals(READ | WRITE, model.due(DUPLEX));
    }

    @Test
    void mistakesAreKnown() {
        assertEquals(List.of(), model.faultsOfRegister(DUPLEX, READ | ONESHOT));
        assertEquals(List.of(IllegalArgumentException.class), model.faultsOfRegister(DUPLEX, HANGUP));
        assertEquals(List.of(IllegalArgumentException.class), model.faultsOfRegister(READER, READ | WRITE));
        assertEquals(List.of(NotRegisteredException.class), model.faultsOfModify(DUPLEX, READ));
        assertEquals(List.of(NotRegisteredException.class), model.faultsOfUnregister(DUPLEX));

        model.register(DUPLEX, READ, 1);

        assertEquals(List.of(AlreadyRegisteredException.class), model.faultsOfRegister(DUPLEX, READ));
        assertEquals(
                List.of(IllegalArgumentException.class, AlreadyRegisteredException.class),
                model.faultsOfRegister(DUPLEX, HANGUP));
        assertEquals(List.of(), model.faultsOfModify(DUPLEX, WRITE));
        assertEquals(List.of(), model.faultsOfUnregister(DUPLEX));
    }

    @Test
    void aDescriptorMayBeWatchedForWhatItCannotDo() {
        SelectorModel descriptors = model(false);

        assertEquals(List.of(), descriptors.faultsOfRegister(READER, WRITE));
        assertEquals(List.of(IllegalArgumentException.class), descriptors.faultsOfRegister(LISTENER, WRITE));
        descriptors.register(READER, WRITE, 0);
        assertEquals(0, descriptors.due(READER));
        descriptors.closePeer(READER);
        assertEquals(WRITE, descriptors.due(READER));
    }

    @Test
    void oneSelectUsesUpEveryWakeup() {
        model.wakeup();
        model.wakeup();
        assertTrue(model.isWoken());

        model.select();

        assertFalse(model.isWoken());
    }
}
