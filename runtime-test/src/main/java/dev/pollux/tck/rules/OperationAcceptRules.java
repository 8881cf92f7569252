package dev.pollux.tck.rules;

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
import dev.pollux.tck.source.Endpoint;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

/** OP-13: connections, one or all of them, on every kind of listener. */
public interface OperationAcceptRules extends OperationRuleGroup {

    @Test
    @Rule("OP-13")
    default void anAcceptedConnectionIsReadyForOperations() throws IOException {
        fixture().onEveryListener(listener -> {
            Operations operations = Operations.on(loop(), listener.operand());
            List<Closeable> accepted = new ArrayList<>();
            Flight accept = fixture().flight(operations).then(completed -> accepted.add(completed.accepted()));
            accept.begin(operation -> operation.accept());
            assertThrows(IllegalStateException.class, accept.operation::accepted);
            fixture().settle();
            assertFalse(accept.isOver());

            Endpoint client = listener.connect();
            fixture().turnUntilOver(accept);
            assertEquals(0, accept.outcome());
            Operations connection = Operations.on(loop(), accepted.get(0));
            client.write(pattern(5));
            ByteBuffer into = room(8);
            Flight receive = fixture().flight(connection).begin(operation -> operation.receive(into));
            Flight send = fixture().flight(connection).begin(operation -> operation.send(full(pattern(7))));
            fixture().turnUntilOver(receive, send);

            assertArrayEquals(pattern(5), taken(into));
            assertArrayEquals(pattern(7), fixture().readWhileTurning(client, 7));
            connection.close();
            operations.close();
            fixture().settle();
        });
    }

    @Test
    @Rule("OP-13")
    default void aCancelledAcceptTakesNoConnectionAndLosesNone() throws IOException {
        fixture().onEveryListener(listener -> {
            int connections = 12;
            Operations operations = Operations.on(loop(), listener.operand());
            List<Closeable> accepted = new ArrayList<>();
            for (int i = 0; i < connections; i++) {
                Flight accept = fixture().flight(operations).then(completed -> {
                    if (completed.failure() == null) {
                        accepted.add(completed.accepted());
                    }
                });
                accept.begin(operation -> operation.accept());
                if (i % 3 > 0) {
                    fixture().settle();
                }
                listener.connect();
                if (i % 3 == 2) {
                    loop().runOnce(Duration.ZERO);
                }
                accept.operation.cancel();
                fixture().turnUntilOver(accept);
                if (!accept.outcome().equals(0)) {
                    accept.failure(CancellationException.class);
                }
            }
            while (accepted.size() < connections) {
                Flight accept = fixture().flight(operations).then(completed -> accepted.add(completed.accepted()));
                accept.begin(operation -> operation.accept());
                fixture().turnUntilOver(accept);
            }

            for (Closeable one : accepted) {
                one.close();
            }
            operations.close();
            fixture().settle();
        });
    }

    @Test
    @Rule("OP-13")
    default void acceptEachReportsEveryConnectionUntilItIsCancelled() throws IOException {
        fixture().onEveryListener(listener -> {
            Operations operations = Operations.on(loop(), listener.operand());
            List<Closeable> accepted = new ArrayList<>();
            Flight each = fixture().flight(operations).then(completed -> {
                if (completed.goesOn()) {
                    accepted.add(completed.accepted());
                }
            });
            each.begin(operation -> operation.acceptEach());
            for (int i = 0; i < 30; i++) {
                listener.connect();
                if (i % 10 == 0) {
                    fixture().settle();
                }
            }
            fixture().turnUntil(() -> accepted.size() == 30, "all are accepted");
            assertTrue(each.operation.isInFlight());

            each.operation.cancel();
            fixture().turnUntilOver(each);
            Endpoint late = listener.connect();
            Flight next = fixture().flight(operations).then(completed -> accepted.add(completed.accepted()));
            next.begin(operation -> operation.accept());
            fixture().turnUntilOver(next);

            List<Object> outcomes = each.outcomes();
            assertEquals(31, outcomes.size());
            assertTrue(outcomes.get(30) instanceof CancellationException, outcomes::toString);
            for (Closeable one : accepted) {
                one.close();
            }
            assertEquals(-1, awaitEnd(late), "the last one is the late client's");
            operations.close();
            fixture().settle();
        });
    }

    private int awaitEnd(Endpoint end) throws IOException {
        byte[] some = new byte[1];
        int[] count = new int[1];
        fixture()
                .turnUntil(
                        () -> {
                            try {
                                count[0] = end.read(some);
                            } catch (IOException e) {
                                throw new AssertionError(e);
                            }
                            return count[0] != 0;
                        },
                        "the other end is closed");
        return count[0];
    }
}
