package dev.pollux.tck.rules;

import static dev.pollux.tck.rules.OperationFixture.full;
import static dev.pollux.tck.rules.OperationFixture.pattern;
import static dev.pollux.tck.rules.OperationFixture.room;
import static dev.pollux.tck.rules.OperationFixture.taken;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.operation.Operations;
import dev.pollux.tck.source.TestSource;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** OP-15: a swap with operations in flight, to a backend that does them in the other way if there are two. */
public interface OperationSwapRules extends OperationRuleGroup {

    @Test
    @Rule("OP-15")
    default void swapsLoseAndDoubleNoByteAndNoCompletion() throws IOException {
        fixture().onEveryStream(stream -> {
            byte[] bytes = pattern(2_000_000);
            Operations sender = fixture().on(stream.end());
            Operations receiver = fixture().on(stream.peer());
            List<Flight> sends = new ArrayList<>();
            for (int at = 0; at < bytes.length; at += 50_000) {
                ByteBuffer from = full(Arrays.copyOfRange(bytes, at, at + 50_000));
                sends.add(fixture().flight(sender).begin(operation -> operation.send(from)));
            }
            ByteArrayOutputStream received = new ByteArrayOutputStream();
            List<Flight> receives = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                ByteBuffer into = room(30_000);
                Flight receive = fixture().flight(receiver);
                receives.add(receive.then(completed -> {
                    if (completed.result() > 0) {
                        received.writeBytes(taken(into));
                        receive.begin(operation -> operation.receive(into.position(8)));
                    }
                }));
                receive.begin(operation -> operation.receive(into));
            }

            for (int swap = 0; swap < 30; swap++) {
                fixture().swap();
                for (int turn = 0; turn < swap % 4; turn++) {
                    loop().runOnce(Duration.ZERO);
                }
            }
            fixture().turnUntilOver(sends.toArray(new Flight[0]));
            fixture().turnUntil(() -> received.size() >= bytes.length, "everything is received");
            sender.close();
            fixture().turnUntilOver(receives.toArray(new Flight[0]));

            sends.forEach(send -> assertEquals(50_000, send.outcome()));
            assertArrayEquals(bytes, received.toByteArray());
            receiver.close();
        });
    }

    @Test
    @Rule("OP-15")
    default void whatStaysGoesOnAfterASwap() throws IOException {
        fixture().onEveryStream(stream -> {
            byte[] bytes = pattern(200_000);
            Operations operations = fixture().on(stream);
            ByteArrayOutputStream received = new ByteArrayOutputStream();
            Flight each = fixture().flight(operations).then(completed -> {
                if (completed.goesOn()) {
                    byte[] part = new byte[completed.lent().remaining()];
                    completed.lent().get(part);
                    received.writeBytes(part);
                }
            });
            each.begin(operation -> operation.receiveEach());
            for (int at = 0; at < bytes.length; at += 10_000) {
                stream.send(Arrays.copyOfRange(bytes, at, at + 10_000));
                fixture().swap();
                int sent = at + 10_000;
                fixture().turnUntil(() -> received.size() == sent, "what was sent is received");
                fixture().swap();
            }
            stream.endPeerOutput();
            fixture().swap();
            fixture().turnUntilOver(each);

            assertArrayEquals(bytes, received.toByteArray());
            operations.close();
        });
    }

    @Test
    @Rule("OP-15")
    default void connectionsAreAcceptedAcrossSwaps() throws IOException {
        fixture().onEveryListener(listener -> {
            Operations operations = Operations.on(loop(), listener.operand());
            List<Closeable> accepted = new ArrayList<>();
            Flight each = fixture().flight(operations).then(completed -> {
                if (completed.goesOn()) {
                    accepted.add(completed.accepted());
                }
            });
            each.begin(operation -> operation.acceptEach());
            for (int i = 0; i < 20; i++) {
                listener.connect();
                loop().runOnce(Duration.ZERO);
                listener.connect();
                fixture().swap();
            }
            fixture().turnUntil(() -> accepted.size() >= 40, "all are accepted");
            fixture().settle();

            assertEquals(40, accepted.size());
            for (Closeable one : accepted) {
                one.close();
            }
            operations.close();
            fixture().turnUntilOver(each);
        });
    }

    @Test
    @Rule("OP-15")
    default void aCompletionMaySwap() throws IOException {
        TestSource.Connection stream = fixture().stream();
        Operations operations = fixture().on(stream);
        List<Flight> receives = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            Flight receive =
                    fixture().flight(operations).then(completed -> fixture().swapSoon());
            receives.add(receive.begin(operation -> operation.receive(room(4))));
        }
        stream.send(pattern(24));

        fixture().turnUntilOver(receives.toArray(new Flight[0]));

        receives.forEach(receive -> assertEquals(4, receive.outcome()));
        fixture().turnUntil(() -> fixture().calls().opened() == 7, "it is swapped for each");
    }

    @Test
    @Rule("OP-15")
    default void filesAreReadAndWrittenAcrossSwaps() throws IOException {
        fixture().onEveryFile(file -> {
            byte[] bytes = pattern(400_000);
            List<Flight> writes = new ArrayList<>();
            for (int at = 0; at < bytes.length; at += 20_000) {
                int offset = at;
                writes.add(fixture()
                        .flight(file)
                        .begin(operation ->
                                operation.write(full(Arrays.copyOfRange(bytes, offset, offset + 20_000)), offset)));
                fixture().swap();
            }
            fixture().turnUntilOver(writes.toArray(new Flight[0]));
            ByteBuffer into = room(bytes.length);
            Flight read = fixture().flight(file).begin(operation -> operation.read(into, 0));
            fixture().swap();
            fixture().turnUntilOver(read);

            writes.forEach(write -> assertEquals(20_000, write.outcome()));
            assertEquals(taken(into).length, read.outcome());
            assertArrayEquals(Arrays.copyOf(bytes, taken(into).length), taken(into));
            file.close();
            fixture().settle();
        });
    }
}
