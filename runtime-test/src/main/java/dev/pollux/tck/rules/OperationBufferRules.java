package dev.pollux.tck.rules;

import static dev.pollux.tck.rules.OperationFixture.full;
import static dev.pollux.tck.rules.OperationFixture.pattern;
import static dev.pollux.tck.rules.OperationFixture.room;
import static dev.pollux.tck.rules.OperationFixture.whole;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.operation.Operations;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

/** OP-6 and OP-12: whose a buffer is, and when: the caller's own, and those that are lent. */
public interface OperationBufferRules extends OperationRuleGroup {

    @Test
    @Rule("OP-6")
    default void aReceiveWritesWithinItsRoomAndNothingAfterItsCompletion() throws IOException {
        fixture().onEveryStream(stream -> {
            Operations operations = fixture().on(stream);
            ByteBuffer into = room(8);
            byte[] expected = whole(into);
            Flight receive = fixture().flight(operations).begin(operation -> operation.receive(into));
            stream.send(pattern(5));
            fixture().turnUntilOver(receive);
            System.arraycopy(pattern(5), 0, expected, 8, 5);

            Flight cancelled = fixture().flight(operations).begin(operation -> operation.receive(into));
            fixture().settle();
            cancelled.operation.cancel();
            fixture().turnUntilOver(cancelled);
            stream.send(pattern(50));
            Flight next = fixture().flight(operations).begin(operation -> operation.receive(room(50)));
            fixture().turnUntilOver(next);
            fixture().settle();

            cancelled.failure(CancellationException.class);
            assertArrayEquals(expected, whole(into));
            operations.close();
        });
    }

    @Test
    @Rule("OP-6")
    default void aSendReadsNothingAfterItsCompletionAndChangesNothing() throws IOException {
        fixture().onEveryStream(stream -> {
            Operations operations = fixture().on(stream);
            byte[] bytes = pattern(2_000_000);
            ByteBuffer from = full(bytes);
            Flight send = fixture().flight(operations).begin(operation -> operation.send(from));
            fixture().settle();
            send.operation.cancel();
            fixture().turnUntilOver(send);
            int sent = from.position();
            assertArrayEquals(bytes, whole(from));

            from.clear().put(new byte[bytes.length]);
            byte[] arrived = fixture().readWhileTurning(stream.peer(), sent);
            fixture().settle();

            assertArrayEquals(Arrays.copyOf(bytes, sent), arrived);
            assertEquals(0, stream.relieve(), "sent after the completion");
            operations.close();
        });
    }

    @Test
    @Rule("OP-12")
    default void aReceiveThatStaysLendsEveryByteOnceAndInOrder() throws IOException {
        fixture().onEveryStream(stream -> {
            byte[] bytes = pattern(300_000);
            ByteArrayOutputStream received = new ByteArrayOutputStream();
            Operations operations = fixture().on(stream);
            Flight each = fixture().flight(operations);
            each.then(completed -> {
                if (completed.goesOn()) {
                    byte[] part = new byte[completed.lent().remaining()];
                    assertEquals(part.length, completed.result());
                    completed.lent().get(part);
                    received.writeBytes(part);
                }
            });
            each.begin(operation -> operation.receiveEach());
            assertThrows(IllegalStateException.class, each.operation::lent);

            int[] sent = new int[1];
            fixture()
                    .turnUntil(
                            () -> {
                                try {
                                    sent[0] += stream.peer()
                                            .write(Arrays.copyOfRange(
                                                    bytes, sent[0], Math.min(bytes.length, sent[0] + 60_000)));
                                } catch (IOException e) {
                                    throw new AssertionError(e);
                                }
                                return sent[0] == bytes.length;
                            },
                            "everything is sent");
            stream.endPeerOutput();
            fixture().turnUntilOver(each);

            assertArrayEquals(bytes, received.toByteArray());
            List<Object> outcomes = each.outcomes();
            assertEquals(-1, outcomes.get(outcomes.size() - 1));
            assertThrows(IllegalStateException.class, each.operation::lent);
            assertEquals(List.of(), List.copyOf(fixture().at.failures));
            operations.close();
        });
    }

    @Test
    @Rule("OP-12")
    default void whatIsLentIsSentOnAsItIsAndArrivesInOrder() throws IOException {
        fixture().onEveryStream(stream -> {
            byte[] bytes = pattern(200_000);
            Operations operations = fixture().on(stream);
            ByteArrayOutputStream expected = new ByteArrayOutputStream();
            int[] sentOn = new int[1];
            Flight each = fixture().flight(operations);
            each.then(completed -> {
                if (completed.goesOn()) {
                    // From where it has been read to, as a header would be.
                    ByteBuffer lent = completed.lent();
                    lent.get();
                    byte[] rest = new byte[lent.remaining()];
                    lent.duplicate().get(rest);
                    expected.writeBytes(rest);
                    operations
                            .operation(sent -> sentOn[0] += Math.max(0, sent.result()))
                            .send(lent);
                    assertThrows(IllegalStateException.class, completed::lent);
                }
            });
            each.begin(operation -> operation.receiveEach());

            // In small pieces and with no reader at first, so that more is lent meanwhile than can stay lent.
            int[] written = new int[1];
            fixture()
                    .turnUntil(
                            () -> {
                                int end = Math.min(bytes.length, written[0] + 700);
                                try {
                                    written[0] += stream.peer().write(Arrays.copyOfRange(bytes, written[0], end));
                                } catch (IOException e) {
                                    throw new AssertionError(e);
                                }
                                return written[0] == bytes.length;
                            },
                            "everything is written");
            stream.endPeerOutput();
            fixture().turnUntilOver(each);
            byte[] arrived = fixture().readWhileTurning(stream.peer(), expected.size());
            fixture().turnUntil(() -> sentOn[0] == expected.size(), "everything is sent on");

            assertArrayEquals(expected.toByteArray(), arrived);
            assertEquals(List.of(), List.copyOf(fixture().at.failures));
            operations.close();
        });
    }

    @Test
    @Rule("OP-12")
    default void whatWasTakenBeforeTheCancelIsDeliveredAndTheRestGoesToTheNextReceive() throws IOException {
        fixture().onEveryStream(stream -> {
            byte[] bytes = pattern(40_000);
            ByteArrayOutputStream received = new ByteArrayOutputStream();
            Operations operations = fixture().on(stream);
            int sent = 0;
            while (sent < bytes.length) {
                Flight each = fixture().flight(operations);
                each.then(completed -> {
                    if (completed.goesOn()) {
                        byte[] part = new byte[completed.lent().remaining()];
                        completed.lent().get(part);
                        received.writeBytes(part);
                        each.operation.cancel();
                    }
                });
                each.begin(operation -> operation.receiveEach());
                stream.send(Arrays.copyOfRange(bytes, sent, sent + 1000));
                stream.send(Arrays.copyOfRange(bytes, sent + 1000, sent + 2000));
                sent += 2000;
                fixture().turnUntilOver(each);
                Object last = each.outcomes().get(each.outcomes().size() - 1);
                assertTrue(last instanceof CancellationException, each::toString);
            }
            stream.endPeerOutput();
            ByteBuffer rest = ByteBuffer.allocateDirect(bytes.length);
            Flight receive = fixture().flight(operations);
            receive.then(completed -> {
                if (completed.result() >= 0) {
                    receive.begin(operation -> operation.receive(rest));
                }
            });
            receive.begin(operation -> operation.receive(rest));
            fixture().turnUntilOver(receive);

            byte[] tail = new byte[rest.flip().remaining()];
            rest.get(tail);
            received.writeBytes(tail);
            assertArrayEquals(bytes, received.toByteArray());
            operations.close();
        });
    }

    @Test
    @Rule("OP-12")
    default void aLoopThatDoesNotTurnSlowsTheSenderDown() throws IOException {
        fixture().onEveryStream(stream -> {
            Operations operations = fixture().on(stream);
            long[] received = new long[1];
            Flight each = fixture()
                    .flight(operations)
                    .then(completed ->
                            received[0] += completed.goesOn() ? completed.lent().remaining() : 0);
            each.begin(operation -> operation.receiveEach());
            fixture().settle();

            byte[] chunk = new byte[64 * 1024];
            long sent = 0;
            int count = stream.peer().write(chunk);
            while (count > 0 && sent < 256L * 1024 * 1024) {
                sent += count;
                count = stream.peer().write(chunk);
            }
            assertEquals(0, count, "the sender is never told to wait");
            stream.endPeerOutput();
            fixture().turnUntilOver(each);

            assertEquals(sent, received[0]);
            assertFalse(each.operation.isInFlight());
            operations.close();
        });
    }
}
