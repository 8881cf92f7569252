package dev.pollux.tck.rules;

import static dev.pollux.tck.rules.OperationFixture.MORE_THAN_FITS;
import static dev.pollux.tck.rules.OperationFixture.full;
import static dev.pollux.tck.rules.OperationFixture.pattern;
import static dev.pollux.tck.rules.OperationFixture.room;
import static dev.pollux.tck.rules.OperationFixture.taken;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.operation.Operations;
import dev.pollux.tck.source.TestSource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** OP-5 and OP-7: operations that end before they are done, because someone says so or their time is over. */
public interface OperationCancelRules extends OperationRuleGroup {

    @Test
    @Rule("OP-5")
    default void toCancelWhatIsNotInFlightDoesNothing() throws IOException {
        fixture().onEveryStream(stream -> {
            Operations operations = fixture().on(stream);
            Flight receive = fixture().flight(operations);
            assertFalse(receive.operation.cancel(), "never begun");
            stream.send(pattern(2));
            receive.then(any -> assertFalse(receive.operation.cancel(), "in its own completion"));
            receive.begin(operation -> operation.receive(room(4)));
            fixture().turnUntilOver(receive);

            assertFalse(receive.operation.cancel(), "over");
            fixture().settle();

            assertEquals(2, receive.outcome());
            assertEquals(2, receive.operation.result());
            operations.close();
        });
    }

    @Test
    @Rule("OP-5")
    default void aReceiveThatWaitsIsCancelledAndTakesNothing() throws IOException {
        fixture().onEveryStream(stream -> {
            Operations operations = fixture().on(stream);
            ByteBuffer into = room(4);
            Flight receive = fixture().flight(operations).begin(operation -> operation.receive(into));
            fixture().settle();

            assertTrue(receive.operation.cancel());
            assertFalse(receive.isOver(), "completes inside cancel");
            receive.operation.cancel();
            fixture().turnUntilOver(receive);
            Flight next = fixture().flight(operations).begin(operation -> operation.receive(into));
            stream.send(pattern(4));
            fixture().turnUntilOver(next);

            receive.failure(CancellationException.class);
            assertThrows(CancellationException.class, receive.operation::result);
            assertEquals(4, next.outcome());
            assertArrayEquals(pattern(4), taken(into));
            operations.close();
        });
    }

    @Test
    @Rule("OP-5")
    default void whatIsCancelledInTheMiddleOfARowLeavesTheOthersInOrder() throws IOException {
        fixture().onEveryStream(stream -> {
            Operations operations = fixture().on(stream);
            for (int cancelled = 0; cancelled < 3; cancelled++) {
                ByteBuffer[] rooms = {room(4), room(4), room(4)};
                Flight[] receives = new Flight[3];
                for (int i = 0; i < 3; i++) {
                    ByteBuffer into = rooms[i];
                    receives[i] = fixture().flight(operations).begin(operation -> operation.receive(into));
                }
                fixture().settle();

                assertTrue(receives[cancelled].operation.cancel());
                fixture().turnUntilOver(receives[cancelled]);
                stream.send(pattern(8));
                fixture().turnUntilOver(receives);

                receives[cancelled].failure(CancellationException.class);
                byte[] parts = new byte[8];
                int at = 0;
                for (int i = 0; i < 3; i++) {
                    if (i != cancelled) {
                        System.arraycopy(taken(rooms[i]), 0, parts, at, 4);
                        at += 4;
                    }
                }
                assertArrayEquals(pattern(8), parts);
            }
            operations.close();
        });
    }

    @Test
    @Rule("OP-5")
    default void aSendThatIsHalfDoneIsCancelledAndItsPositionTellsHowMuchIsGone() throws IOException {
        fixture().onEveryStream(stream -> {
            Operations operations = fixture().on(stream);
            byte[] bytes = pattern(MORE_THAN_FITS);
            ByteBuffer from = full(bytes);
            Flight send = fixture().flight(operations).begin(operation -> operation.send(from));
            fixture().settle();

            assertTrue(send.operation.cancel());
            fixture().turnUntilOver(send);
            send.failure(CancellationException.class);
            int sent = from.position();
            Flight next = fixture().flight(operations).begin(operation -> operation.send(full(pattern(100))));
            byte[] arrived = fixture().readWhileTurning(stream.peer(), sent + 100);
            fixture().turnUntilOver(next);

            assertTrue(sent < bytes.length, "no buffer has room for that much");
            assertArrayEquals(Arrays.copyOf(bytes, sent), Arrays.copyOf(arrived, sent));
            assertArrayEquals(pattern(100), Arrays.copyOfRange(arrived, sent, sent + 100));
            operations.close();
        });
    }

    @Test
    @Rule("OP-5")
    default void atWhateverMomentItIsCancelledTheOutcomeIsTheRealOne() throws IOException {
        fixture().onEveryStream(stream -> {
            Operations operations = fixture().on(stream);
            ByteArrayOutputStream received = new ByteArrayOutputStream();
            byte[] bytes = pattern(200);
            int sent = 0;
            for (int moment = 0; moment < 40; moment++) {
                ByteBuffer into = room(3);
                Flight receive = fixture().flight(operations).begin(operation -> operation.receive(into));
                for (int step = 0; step < moment % 5; step++) {
                    if (step == moment % 3) {
                        stream.send(Arrays.copyOfRange(bytes, sent, sent + 2));
                        sent += 2;
                    }
                    loop().runOnce(Duration.ZERO);
                }
                receive.operation.cancel();
                fixture().turnUntilOver(receive);
                if (receive.outcome() instanceof Integer count) {
                    assertEquals(count, taken(into).length);
                } else {
                    receive.failure(CancellationException.class);
                    assertEquals(0, taken(into).length);
                }
                received.writeBytes(taken(into));
            }
            stream.endPeerOutput();
            while (true) {
                ByteBuffer into = room(50);
                Flight rest = fixture().flight(operations).begin(operation -> operation.receive(into));
                fixture().turnUntilOver(rest);
                if (rest.outcome().equals(-1)) {
                    break;
                }
                received.writeBytes(taken(into));
            }

            assertArrayEquals(Arrays.copyOf(bytes, sent), received.toByteArray());
            operations.close();
        });
    }

    @Test
    @Rule("OP-5")
    default void aSendThatIsDoneButNotReportedIsNotCancelledAnyMore() throws IOException {
        fixture().onEveryStream(stream -> {
            Operations operations = fixture().on(stream);
            ByteBuffer from = full(pattern(10));
            Flight send = fixture().flight(operations).begin(operation -> operation.send(from));

            boolean cancelled = send.operation.cancel();
            fixture().turnUntilOver(send);
            fixture().settle();

            int arrived = stream.relieve();
            assertEquals(10 - from.remaining(), arrived);
            if (send.outcome() instanceof Integer count) {
                assertEquals(10, count);
                assertEquals(10, arrived);
            } else {
                assertTrue(cancelled, "it was cancelled, but reported as over");
                send.failure(CancellationException.class);
            }
            operations.close();
        });
    }

    @Test
    @Rule("OP-5")
    default void oneCompletionCancelsAnotherOperation() throws IOException {
        fixture().onEveryStream(stream -> {
            Operations operations = fixture().on(stream);
            Flight second = fixture().flight(operations);
            Flight first = fixture().flight(operations).then(any -> second.operation.cancel());
            ByteBuffer into = room(4);
            first.begin(operation -> operation.receive(room(4)));
            second.begin(operation -> operation.receive(into));
            stream.send(pattern(4));

            fixture().turnUntilOver(first, second);

            assertEquals(4, first.outcome());
            second.failure(CancellationException.class);
            assertEquals(List.of(), List.copyOf(fixture().at.failures));
            operations.close();
        });
    }

    @Test
    @Rule("OP-7")
    default void aLimitEndsWhatIsNotDoneByThenAndNeverEarly() throws IOException {
        fixture().onEveryStream(stream -> {
            long now = System.nanoTime();
            fixture().at.freeze(now);
            Operations operations = fixture().on(stream);
            ByteBuffer into = room(4);
            Flight receive = fixture()
                    .flight(operations)
                    .begin(operation -> operation.within(Duration.ofMillis(10)).receive(into));

            fixture().at.freeze(now + TimeUnit.MILLISECONDS.toNanos(10) - 1);
            fixture().settle();
            assertFalse(receive.isOver(), "a nanosecond early");
            fixture().at.freeze(now + TimeUnit.MILLISECONDS.toNanos(10));
            fixture().turnUntilOver(receive);

            receive.failure(SocketTimeoutException.class);
            stream.send(pattern(4));
            Flight next = fixture().flight(operations).begin(operation -> operation.receive(into));
            fixture().turnUntilOver(next);
            assertArrayEquals(pattern(4), taken(into), "what came after the end of the limit");
            operations.close();
        });
    }

    @Test
    @Rule("OP-7")
    default void aLimitThatIsNotReachedDoesNothingToTheNextOperation() throws IOException {
        TestSource.Connection stream = fixture().stream();
        long now = System.nanoTime();
        fixture().at.freeze(now);
        Operations operations = fixture().on(stream);
        Flight receive = fixture().flight(operations);
        long[] limits = {3_600_000, 1_000, 60_000, 1_000, 3_600_000, 10};
        for (int i = 0; i < limits.length; i++) {
            long limit = limits[i];
            receive.begin(
                    operation -> operation.within(Duration.ofMillis(limit)).receive(room(4)));
            now += TimeUnit.MILLISECONDS.toNanos(limit) - 1;
            fixture().at.freeze(now);
            fixture().settle();
            assertFalse(receive.isOver(), "limit " + i + " ends early");
            if (i % 2 == 0) {
                stream.send(pattern(4));
            } else {
                fixture().at.freeze(++now);
            }
            fixture().turnUntilOver(receive);
            Object last = receive.outcomes().get(i);
            assertTrue(i % 2 == 0 ? last.equals(4) : last instanceof SocketTimeoutException, receive::toString);
        }
    }

    @Test
    @Rule("OP-7")
    default void aLimitInTheMiddleOfASendSaysHowMuchIsGone() throws IOException {
        fixture().onEveryStream(stream -> {
            long now = System.nanoTime();
            fixture().at.freeze(now);
            Operations operations = fixture().on(stream);
            ByteBuffer from = full(pattern(MORE_THAN_FITS));
            Flight send = fixture()
                    .flight(operations)
                    .begin(operation -> operation.within(Duration.ofSeconds(1)).send(from));
            fixture().settle();
            fixture().at.freeze(now + TimeUnit.SECONDS.toNanos(1));
            fixture().turnUntilOver(send);

            SocketTimeoutException late = send.failure(SocketTimeoutException.class);
            int sent = from.position();
            assertEquals(sent, late.bytesTransferred);
            fixture().readWhileTurning(stream.peer(), sent);
            fixture().settle();
            assertEquals(0, stream.relieve(), "sent after the completion");
            operations.close();
        });
    }
}
