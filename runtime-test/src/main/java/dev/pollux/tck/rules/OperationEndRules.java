package dev.pollux.tck.rules;

import static dev.pollux.tck.rules.OperationFixture.MORE_THAN_FITS;
import static dev.pollux.tck.rules.OperationFixture.full;
import static dev.pollux.tck.rules.OperationFixture.pattern;
import static dev.pollux.tck.rules.OperationFixture.room;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.operation.Operations;
import dev.pollux.tck.source.TestSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.Channel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** OP-8 to OP-10: operations whose source is closed or whose loop ends, and completions that fail. */
public interface OperationEndRules extends OperationRuleGroup {

    @Test
    @Rule("OP-8")
    default void closeEndsWhatIsInFlightBeginsNothingMoreAndThenClosesTheSource() throws IOException {
        fixture().onEveryStream(stream -> {
            Operations operations = fixture().on(stream);
            byte[] first = pattern(MORE_THAN_FITS);
            ByteBuffer from = full(first);
            ByteBuffer behind = full(pattern(64));
            List<Flight> flights = new ArrayList<>();
            Channel source = (Channel) operations.source();
            for (int i = 0; i < 2; i++) {
                flights.add(fixture().flight(operations).begin(operation -> operation.receive(room(4))));
            }
            flights.add(fixture().flight(operations).begin(operation -> operation.send(from)));
            flights.add(fixture().flight(operations).begin(operation -> operation.send(behind)));
            flights.forEach(flight -> flight.then(any -> {
                if (!source.isOpen()) {
                    fixture().violated("the source is closed before " + flight + " completes");
                }
            }));
            fixture().settle();

            operations.close();
            flights.forEach(flight -> assertFalse(flight.isOver(), "completes inside close"));
            operations.close();
            fixture().turnUntilOver(flights.toArray(new Flight[0]));
            fixture().turnUntil(() -> !source.isOpen(), "the source is closed");

            flights.forEach(flight -> flight.failure(AsynchronousCloseException.class));
            assertFalse(operations.isOpen());
            assertEquals(64, behind.remaining(), "what was queued");
            assertEquals(from.position(), relieveAll(stream));
            Flight late = fixture().flight(operations);
            assertThrows(IllegalStateException.class, () -> late.begin(operation -> operation.receive(room(4))));
        });
    }

    private static int relieveAll(TestSource.Connection stream) throws IOException {
        byte[] chunk = new byte[65_536];
        int total = 0;
        for (int count = 1; count > 0; total += Math.max(0, count)) {
            count = stream.peer().read(chunk);
        }
        return total;
    }

    @Test
    @Rule("OP-8")
    default void aCompletionMayCloseItsOwnOperations() throws IOException {
        fixture().onEveryStream(stream -> {
            Operations operations = fixture().on(stream);
            Channel source = (Channel) operations.source();
            Flight other =
                    fixture().flight(operations).begin(operation -> operation.send(full(pattern(MORE_THAN_FITS))));
            Flight receive = fixture().flight(operations).then(any -> operations.close());
            receive.begin(operation -> operation.receive(room(4)));
            stream.send(pattern(4));

            fixture().turnUntilOver(receive, other);
            fixture().turnUntil(() -> !source.isOpen(), "the source is closed");

            assertEquals(4, receive.outcome());
            other.failure(AsynchronousCloseException.class);
        });
    }

    @Test
    @Rule("OP-9")
    default void theEndOfTheLoopCompletesWhatIsInFlightAndLeavesTheSourceOpen() throws IOException {
        TestSource.Connection stream = fixture().stream();
        Operations operations = fixture().on(stream);
        ByteBuffer from = full(pattern(MORE_THAN_FITS));
        Flight[] flights = {
            fixture().flight(operations).begin(operation -> operation.receive(room(4))),
            fixture().flight(operations).begin(operation -> operation.receive(room(4))),
            fixture().flight(operations).begin(operation -> operation.send(from)),
            fixture().flight(operations).begin(operation -> operation.send(full(pattern(4))))
        };
        fixture().settle();

        loop().close();

        Arrays.stream(flights).forEach(flight -> {
            assertTrue(flight.isOver(), flight::toString);
            flight.failure(AsynchronousCloseException.class);
        });
        assertFalse(operations.isOpen());
        assertTrue(((Channel) operations.source()).isOpen());
        assertEquals(from.position(), stream.relieve());
        assertThrows(RejectedExecutionException.class, () -> flights[0].begin(operation -> operation.receive(room(4))));
        stream.send(pattern(3));
        assertEquals(3, stream.drain());
        operations.close();
        assertFalse(((Channel) operations.source()).isOpen());
    }

    @Test
    @Rule("OP-9")
    default void aCompletionMayEndTheLoop() throws IOException {
        TestSource.Connection stream = fixture().stream();
        TestSource.Connection other = fixture().stream();
        Flight waits = fixture().flight(fixture().on(other)).begin(operation -> operation.receive(room(4)));
        Flight receive = fixture().flight(fixture().on(stream)).then(any -> loop().stop());
        receive.begin(operation -> operation.receive(room(4)));
        stream.send(pattern(4));
        other.send(pattern(4));

        fixture().turnUntilOver(receive);
        loop().close();

        assertEquals(4, receive.outcome());
        assertTrue(waits.isOver());
    }

    @Test
    @Rule("OP-9")
    default void whatArrivesJustBeforeTheEndOfTheLoopIsReceivedOrStaysInTheSource() throws IOException {
        List<TestSource.Connection> streams = new ArrayList<>();
        List<Flight> receives = new ArrayList<>();
        fixture().onEveryStream(stream -> {
            streams.add(stream);
            receives.add(fixture().flight(fixture().on(stream)).begin(operation -> operation.receive(room(4))));
        });
        fixture().settle();
        for (TestSource.Connection stream : streams) {
            stream.send(pattern(4));
        }

        loop().close();

        for (int i = 0; i < streams.size(); i++) {
            Flight receive = receives.get(i);
            int received = receive.outcome() instanceof Integer count ? count : 0;
            assertEquals(4, received + streams.get(i).drain(), receive::toString);
            if (received == 0) {
                receive.failure(AsynchronousCloseException.class);
            }
        }
    }

    @Test
    @Rule("OP-10")
    default void aCompletionThatFailsIsReportedAndAffectsNothingElse() throws IOException {
        fixture().expectFailures();
        fixture().onEveryStream(stream -> {
            int before = fixture().at.failures.size();
            Operations operations = fixture().on(stream);
            ByteBuffer[] rooms = {room(4), room(4), room(4)};
            Flight[] flights = new Flight[6];
            for (int i = 0; i < 3; i++) {
                ByteBuffer into = rooms[i];
                int number = i;
                flights[i] = fixture().flight(operations).then(any -> failWith(number));
                flights[i].begin(operation -> operation.receive(into));
            }
            for (int i = 3; i < 6; i++) {
                int number = i;
                flights[i] = fixture().flight(operations).then(any -> failWith(number));
                flights[i].begin(operation -> operation.send(full(pattern(4))));
            }
            stream.send(pattern(12));

            fixture().turnUntilOver(flights);

            assertEquals(
                    List.of(4, 4, 4, 4, 4, 4),
                    Arrays.stream(flights).map(Flight::outcome).toList());
            assertEquals(before + 6, fixture().at.failures.size());
            assertEquals(12, stream.relieve());
            Flight next = fixture().flight(operations).begin(operation -> operation.receive(room(4)));
            stream.send(pattern(4));
            fixture().turnUntilOver(next);
            assertEquals(4, next.outcome(), "the operation after so many failures");
            operations.close();
        });
    }

    private static void failWith(int number) throws IOException {
        switch (number % 3) {
            case 0 -> throw new IOException("completion " + number);
            case 1 -> throw new IllegalStateException("completion " + number);
            default -> throw new AssertionError("completion " + number);
        }
    }
}
