package dev.pollux.tck.rules;

import static dev.pollux.tck.rules.OperationFixture.full;
import static dev.pollux.tck.rules.OperationFixture.pattern;
import static dev.pollux.tck.rules.OperationFixture.room;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.AlreadyRegisteredException;
import dev.pollux.UnsupportedSourceException;
import dev.pollux.operation.Operation;
import dev.pollux.operation.Operations;
import dev.pollux.tck.source.TestSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** OP-11: what cannot be begun fails before anything does. */
public interface OperationMisuseRules extends OperationRuleGroup {

    @Test
    @Rule("OP-11")
    default void aBufferThatCannotBeUsedIsRefusedBeforeAnythingBegins() throws IOException {
        fixture().onEveryStream(stream -> {
            Operations operations = fixture().on(stream);
            Flight flight = fixture().flight(operations);
            refused(IllegalArgumentException.class, flight, operation -> operation.receive(ByteBuffer.allocate(4)));
            refused(IllegalArgumentException.class, flight, operation -> operation.send(ByteBuffer.allocate(4)));
            refused(ReadOnlyBufferException.class, flight, operation -> operation.receive(room(4).asReadOnlyBuffer()));
            refused(
                    IllegalArgumentException.class,
                    flight,
                    operation -> operation.receive(ByteBuffer.allocateDirect(4).position(4)));
            refused(NullPointerException.class, flight, operation -> operation.receive(nothing()));
            refused(NullPointerException.class, flight, operation -> operation.send(nothing()));
            for (Duration limit : new Duration[] {Duration.ZERO, Duration.ofNanos(-1)}) {
                refused(IllegalArgumentException.class, flight, operation -> operation.within(limit));
            }
            assertThrows(IllegalStateException.class, flight.operation::result, "never begun");

            stream.send(pattern(4));
            flight.begin(operation -> operation.receive(room(4)));
            fixture().turnUntilOver(flight);
            assertEquals(4, flight.outcome(), "the object is as it was");
            Flight send = fixture()
                    .flight(operations)
                    .begin(operation -> operation.send(full(pattern(4)).asReadOnlyBuffer()));
            fixture().turnUntilOver(send);
            assertEquals(4, send.outcome(), "what is sent is only read");
            operations.close();
        });
    }

    @SuppressWarnings({"NullAway", "DataFlowIssue"})
    private static ByteBuffer nothing() {
        return null;
    }

    private static void refused(Class<? extends Throwable> how, Flight flight, Consumer<Operation> what) {
        assertThrows(how, () -> flight.begin(what));
        assertEquals(false, flight.operation.isInFlight());
    }

    @Test
    @Rule("OP-11")
    default void anObjectOrABufferThatIsInFlightIsNotUsedAgain() throws IOException {
        fixture().onEveryStream(stream -> {
            Operations operations = fixture().on(stream);
            ByteBuffer into = room(4);
            Flight first = fixture().flight(operations).begin(operation -> operation.receive(into));
            Flight second = fixture().flight(operations);

            assertThrows(IllegalStateException.class, () -> first.begin(operation -> operation.receive(room(4))));
            assertThrows(IllegalStateException.class, () -> first.begin(operation -> operation.send(full(pattern(4)))));
            refused(IllegalStateException.class, second, operation -> operation.receive(into));
            refused(IllegalStateException.class, second, operation -> operation.send(into));
            assertThrows(IllegalStateException.class, first.operation::result, "in flight");
            stream.send(pattern(4));
            fixture().turnUntilOver(first);
            into.position(8);
            second.begin(operation -> operation.send(into));
            fixture().turnUntilOver(second);

            assertEquals(4, first.outcome());
            assertEquals(4, second.outcome());
            assertEquals(4, stream.relieve());
            operations.close();
        });
    }

    @Test
    @Rule("OP-11")
    default void aStreamHasNeitherConnectionsNorOffsets() throws IOException {
        fixture().onEveryStream(stream -> {
            Operations operations = fixture().on(stream);
            Flight flight = fixture().flight(operations);
            refused(UnsupportedOperationException.class, flight, Operation::accept);
            refused(UnsupportedOperationException.class, flight, Operation::acceptEach);
            refused(UnsupportedOperationException.class, flight, operation -> operation.read(room(4), 0));
            refused(UnsupportedOperationException.class, flight, operation -> operation.write(full(pattern(4)), 0));
            refused(UnsupportedOperationException.class, flight, operation -> operation.sync(true));
            refused(IllegalArgumentException.class, flight, operation -> operation.read(room(4), -1));
            refused(IllegalArgumentException.class, flight, operation -> operation.write(full(pattern(4)), -1));
            operations.close();
        });
    }

    @Test
    @Rule("OP-11")
    default void aSourceHasOneOwnerAndMustBeOneThatSomethingCanBeDoneTo() throws IOException {
        TestSource.Connection stream = fixture().stream();
        Operations operations = fixture().on(stream);
        assertThrows(AlreadyRegisteredException.class, () -> fixture().on(stream));
        assertThrows(UnsupportedSourceException.class, () -> Operations.on(loop(), "a string"));
        assertThrows(NullPointerException.class, () -> Operations.on(loop(), nothing()));
        TestSource.Connection closed = fixture().stream();
        closed.closeSource();
        // A channel says that it is closed, another source has no descriptor any more.
        Exception gone = assertThrows(Exception.class, () -> fixture().on(closed));
        assertTrue(gone instanceof ClosedChannelException || gone instanceof IllegalArgumentException, gone::toString);

        stream.send(pattern(4));
        Flight receive = fixture().flight(operations).begin(operation -> operation.receive(room(4)));
        fixture().turnUntilOver(receive);
        assertEquals(4, receive.outcome(), "the first owner");
    }
}
