package dev.pollux.tck.rules;

import static dev.pollux.tck.rules.OperationFixture.full;
import static dev.pollux.tck.rules.OperationFixture.pattern;
import static dev.pollux.tck.rules.OperationFixture.room;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Events;
import dev.pollux.operation.Operations;
import dev.pollux.tck.source.TestSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collections;
import org.junit.jupiter.api.Test;

/** OP-16: however many operations are done at once, everything else has its turn. */
public interface OperationFairnessRules extends OperationRuleGroup {

    /** More completions than a turn may call while anything else waits. */
    int MOST_IN_A_TURN = 10_000;

    @Test
    @Rule("OP-16")
    default void anyNumberOfOperationsMayBeDoneAtOnce() throws IOException {
        int count = 20_000;
        TestSource.Connection stream = fixture().stream();
        Operations operations = fixture().on(stream);
        byte[] first = pattern(2_000_000);
        Flight blocks = fixture().flight(operations).begin(operation -> operation.send(full(first)));
        ByteBuffer all = full(pattern(count));
        Flight[] sends = new Flight[count];
        for (int i = 0; i < count; i++) {
            ByteBuffer one = all.slice(i, 1);
            sends[i] = fixture().flight(operations).begin(operation -> operation.send(one));
        }

        fixture().readWhileTurning(stream.peer(), first.length + count);
        fixture().turnUntilOver(blocks);
        fixture().turnUntilOver(sends);

        assertEquals(
                Collections.nCopies(count, 1),
                Arrays.stream(sends).map(Flight::outcome).toList());
    }

    @Test
    @Rule("OP-16")
    default void operationsThatFollowOnEachOtherAtOnceKeepNothingElseWaiting() throws IOException {
        TestSource.Connection busy = fixture().stream();
        TestSource.Connection calm = fixture().stream();
        Operations operations = fixture().on(busy);
        Flight receive = fixture().flight(fixture().on(calm)).begin(operation -> operation.receive(room(8)));
        boolean[] task = new boolean[1];
        int[] inThisTurn = new int[1];
        Flight sends = fixture().flight(operations);
        ByteBuffer nothing = full(new byte[0]);
        sends.then(any -> {
            if (inThisTurn[0]++ < MOST_IN_A_TURN) {
                sends.begin(operation -> operation.send(nothing));
            }
        });
        sends.begin(operation -> operation.send(nothing));

        calm.send(pattern(8));
        loop().execute(() -> task[0] = true);
        fixture()
                .turnUntil(
                        () -> {
                            assertTrue(inThisTurn[0] < MOST_IN_A_TURN, "a turn goes on as long as operations complete");
                            inThisTurn[0] = 0;
                            return receive.isOver() && task[0];
                        },
                        "a source and a task have their turn");
        inThisTurn[0] = MOST_IN_A_TURN;
        fixture().turnUntilOver(sends);
    }

    @Test
    @Rule("OP-16")
    default void operationsThatAreDoneInEveryWaitKeepNothingElseWaiting() throws IOException {
        int count = 4_000;
        TestSource.Connection busy = fixture().stream();
        TestSource.Connection calm = fixture().stream();
        boolean[] ready = new boolean[1];
        loop().register(calm.fileobj(), Events.READ, (registration, bits) -> {
            ready[0] = true;
            registration.cancel();
        });
        boolean[] task = new boolean[1];
        ByteBuffer into = ByteBuffer.allocateDirect(1);
        int[] received = new int[1];
        Flight receives = fixture().flight(fixture().on(busy));
        receives.then(any -> {
            if (++received[0] < count) {
                receives.begin(operation -> operation.receive(into.clear()));
            }
        });
        busy.send(pattern(count));
        calm.send(pattern(1));

        receives.begin(operation -> operation.receive(into));
        loop().execute(() -> task[0] = true);
        fixture()
                .turnUntil(
                        () -> {
                            assertTrue(received[0] < count, "a source or a task waits as long as operations complete");
                            return ready[0] && task[0];
                        },
                        "a source and a task have their turn");
        assertFalse(receives.isOver());
        fixture().turnUntilOver(receives);
    }

    @Test
    @Rule("OP-16")
    default void anyNumberOfSourcesMayHaveOperationsInFlight() throws IOException {
        int count = 150;
        TestSource.Connection[] streams = new TestSource.Connection[count];
        Flight[] receives = new Flight[count];
        for (int i = 0; i < count; i++) {
            streams[i] = fixture().stream();
            Operations operations = fixture().on(streams[i]);
            receives[i] = fixture().flight(operations).begin(operation -> operation.receive(room(1)));
        }
        fixture().settle();

        for (TestSource.Connection stream : streams) {
            stream.send(pattern(1));
        }
        fixture().turnUntilOver(receives);

        assertEquals(
                Collections.nCopies(count, 1),
                Arrays.stream(receives).map(Flight::outcome).toList());
    }
}
