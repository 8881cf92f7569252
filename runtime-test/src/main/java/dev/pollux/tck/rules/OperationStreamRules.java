package dev.pollux.tck.rules;

import static dev.pollux.tck.rules.OperationFixture.MORE_THAN_FITS;
import static dev.pollux.tck.rules.OperationFixture.full;
import static dev.pollux.tck.rules.OperationFixture.pattern;
import static dev.pollux.tck.rules.OperationFixture.room;
import static dev.pollux.tck.rules.OperationFixture.taken;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.operation.Operations;
import dev.pollux.tck.source.TestSource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** OP-1 to OP-4: what streams carry, on every kind of them. */
public interface OperationStreamRules extends OperationRuleGroup {

    @Test
    @Rule("OP-1")
    default void anOperationCompletesOnceAndNotInsideTheCallThatBeganIt() throws IOException {
        fixture().onEveryStream(stream -> {
            Operations operations = fixture().on(stream);
            ByteBuffer into = room(8);
            stream.send(pattern(3));

            Flight receive = fixture().flight(operations).begin(operation -> operation.receive(into));
            assertTrue(receive.operation.isInFlight());
            fixture().turnUntilOver(receive);
            Flight send = fixture().flight(operations).begin(operation -> operation.send(full(pattern(5))));
            assertTrue(send.operation.isInFlight());
            fixture().turnUntilOver(send);
            fixture().settle();

            assertEquals(3, receive.outcome());
            assertEquals(5, send.outcome());
            assertFalse(send.operation.isInFlight());
            assertEquals(0, fixture().loop().metrics().selector().staleEvents(), "what the backend reported of no one");
            operations.close();
        });
    }

    @Test
    @Rule("OP-1")
    default void anObjectBeginsTheNextOperationInItsOwnCompletion() throws IOException {
        fixture().onEveryStream(stream -> {
            byte[] sent = pattern(500);
            ByteArrayOutputStream received = new ByteArrayOutputStream();
            Operations operations = fixture().on(stream);
            ByteBuffer into = ByteBuffer.allocateDirect(7);
            Flight receive = fixture().flight(operations);
            receive.then(completed -> {
                byte[] part = new byte[into.flip().remaining()];
                into.get(part).clear();
                received.write(part, 0, part.length);
                if (received.size() < sent.length) {
                    receive.begin(operation -> operation.receive(into));
                }
            });
            stream.send(sent);

            receive.begin(operation -> operation.receive(into));
            fixture().turnUntilOver(receive);

            assertArrayEquals(sent, received.toByteArray());
            operations.close();
        });
    }

    @Test
    @Rule("OP-2")
    default void aSendIsDoneInFullHoweverSlowlyTheOtherEndReads() throws IOException {
        fixture().onEveryStream(stream -> {
            byte[] bytes = pattern(MORE_THAN_FITS);
            Operations operations = fixture().on(stream);
            ByteBuffer from = full(bytes);
            Flight send = fixture().flight(operations).begin(operation -> operation.send(from));
            fixture().settle();
            assertFalse(send.isOver(), "no buffer has room for that much");

            byte[] arrived = fixture().readWhileTurning(stream.peer(), bytes.length);
            fixture().turnUntilOver(send);

            assertArrayEquals(bytes, arrived);
            assertEquals(bytes.length, send.outcome());
            assertFalse(from.hasRemaining());
            operations.close();
        });
    }

    @Test
    @Rule("OP-2")
    default void sendsGoOutAndCompleteInTheOrderTheyBegan() throws IOException {
        fixture().onEveryStream(stream -> {
            byte[] bytes = pattern(600_000);
            Operations operations = fixture().on(stream);
            List<Flight> sends = new ArrayList<>();
            List<Flight> completed = new ArrayList<>();
            for (int at = 0, length = 1; at < bytes.length; at += length, length = (length * 3) % 40_009) {
                ByteBuffer from = full(Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + length)));
                Flight send = fixture().flight(operations);
                sends.add(send.then(any -> completed.add(send)).begin(operation -> operation.send(from)));
            }

            byte[] arrived = fixture().readWhileTurning(stream.peer(), bytes.length);
            fixture().turnUntilOver(sends.toArray(new Flight[0]));

            assertArrayEquals(bytes, arrived);
            assertEquals(sends, completed);
            operations.close();
        });
    }

    @Test
    @Rule("OP-2")
    default void aSendOfNothingCompletesInItsTurn() throws IOException {
        fixture().onEveryStream(stream -> {
            Operations operations = fixture().on(stream);
            List<Integer> completed = new ArrayList<>();
            Flight[] sends = new Flight[3];
            for (int i = 0; i < sends.length; i++) {
                int number = i;
                ByteBuffer from = full(pattern(i == 1 ? 0 : 4));
                sends[i] = fixture().flight(operations).then(any -> completed.add(number));
                sends[i].begin(operation -> operation.send(from));
            }

            fixture().turnUntilOver(sends);

            assertEquals(List.of(0, 1, 2), completed);
            assertEquals(0, sends[1].outcome());
            assertEquals(8, stream.relieve());
            operations.close();
        });
    }

    @Test
    @Rule("OP-3")
    default void receivesAreFilledInTheOrderTheyBegan() throws IOException {
        fixture().onEveryStream(stream -> {
            byte[] bytes = pattern(60);
            Operations operations = fixture().on(stream);
            List<Integer> completed = new ArrayList<>();
            ByteBuffer[] rooms = new ByteBuffer[12];
            Flight[] receives = new Flight[rooms.length];
            for (int i = 0; i < rooms.length; i++) {
                int number = i;
                rooms[i] = room(5);
                receives[i] = fixture().flight(operations).then(any -> completed.add(number));
                receives[i].begin(operation -> operation.receive(rooms[number]));
            }
            fixture().settle();
            assertEquals(List.of(), completed);

            stream.send(bytes);
            fixture().turnUntilOver(receives);

            assertEquals(List.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), completed);
            for (int i = 0; i < rooms.length; i++) {
                assertEquals(5, receives[i].outcome());
                assertArrayEquals(Arrays.copyOfRange(bytes, 5 * i, 5 * i + 5), taken(rooms[i]));
            }
            operations.close();
        });
    }

    @Test
    @Rule("OP-3")
    default void aReceiveTakesWhatIsThereAndWaitsForNothingMore() throws IOException {
        fixture().onEveryStream(stream -> {
            Operations operations = fixture().on(stream);
            ByteBuffer into = room(100);
            Flight receive = fixture().flight(operations).begin(operation -> operation.receive(into));
            fixture().settle();
            assertFalse(receive.isOver());

            stream.send(pattern(3));
            fixture().turnUntilOver(receive);

            assertEquals(3, receive.outcome());
            assertArrayEquals(pattern(3), taken(into));
            operations.close();
        });
    }

    @Test
    @Rule("OP-4")
    default void theEndOfTheInputIsReportedToEveryReceiveThatFollows() throws IOException {
        fixture().onEveryStream(stream -> {
            Operations operations = fixture().on(stream);
            Flight[] receives = new Flight[4];
            for (int i = 0; i < 3; i++) {
                receives[i] = fixture().flight(operations).begin(operation -> operation.receive(room(8)));
            }
            stream.send(pattern(2));
            stream.endPeerOutput();
            fixture().turnUntilOver(receives[0], receives[1], receives[2]);
            receives[3] = fixture().flight(operations).begin(operation -> operation.receive(room(8)));
            fixture().turnUntilOver(receives[3]);
            Flight send = fixture().flight(operations).begin(operation -> operation.send(full(pattern(9))));
            fixture().turnUntilOver(send);

            assertEquals(
                    List.of(2, -1, -1, -1),
                    Arrays.stream(receives).map(Flight::outcome).toList());
            assertEquals(9, send.outcome(), "only one direction has ended");
            operations.close();
        });
    }

    @Test
    @Rule("OP-4")
    default void aSendToAnEndThatIsGoneFails() throws IOException {
        fixture().onEveryStream(stream -> {
            TestSource.Connection other = fixture().stream();
            Operations operations = fixture().on(stream);
            Operations others = fixture().on(other);
            Flight waits = fixture().flight(others).begin(operation -> operation.receive(room(4)));
            stream.closePeer();
            Flight send = fixture().flight(operations);
            do {
                // What is sent first may be taken before the other side says that it is gone.
                send.begin(operation -> operation.send(full(pattern(1000))));
                fixture().turnUntilOver(send);
            } while (send.outcomes().size() < 100 && send.operation.failure() == null);

            List<Object> outcomes = send.outcomes();
            assertTrue(outcomes.get(outcomes.size() - 1) instanceof IOException, send::toString);
            other.send(pattern(4));
            fixture().turnUntilOver(waits);
            assertEquals(4, waits.outcome(), "of another source");
            operations.close();
            others.close();
        });
    }

    @Test
    @Rule("OP-4")
    default void aResetFailsTheReceiveThatWaitsAndTheSendThatIsHalfDone() throws IOException {
        TestSource.Connection stream = fixture().stream();
        Assumptions.assumeTrue(stream.fileobj() instanceof SocketChannel, "the test resets TCP connections");
        ((SocketChannel) stream.fileobj()).setOption(StandardSocketOptions.TCP_NODELAY, true);
        Operations operations = fixture().on(stream);
        Flight receive = fixture().flight(operations).begin(operation -> operation.receive(room(4)));
        ByteBuffer from = full(pattern(MORE_THAN_FITS));
        Flight send = fixture().flight(operations).begin(operation -> operation.send(from));
        fixture().settle();

        stream.peer().reset();
        fixture().turnUntilOver(receive, send);

        receive.failure(IOException.class);
        send.failure(IOException.class);
        assertTrue(from.hasRemaining());
    }
}
