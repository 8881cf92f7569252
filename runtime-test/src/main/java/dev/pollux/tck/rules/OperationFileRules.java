package dev.pollux.tck.rules;

import static dev.pollux.tck.rules.OperationFixture.full;
import static dev.pollux.tck.rules.OperationFixture.pattern;
import static dev.pollux.tck.rules.OperationFixture.room;
import static dev.pollux.tck.rules.OperationFixture.taken;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.pollux.operation.Operation;
import dev.pollux.operation.Operations;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

/** OP-14: files, by a kernel or by another thread. */
public interface OperationFileRules extends OperationRuleGroup {

    private void write(Operations file, byte[] bytes, long offset) throws IOException {
        ByteBuffer from = full(bytes);
        Flight write = fixture().flight(file).begin(operation -> operation.write(from, offset));
        fixture().turnUntilOver(write);
        assertEquals(bytes.length, write.outcome());
        assertEquals(0, from.remaining());
    }

    @Test
    @Rule("OP-14")
    default void whatWasWrittenAtAnOffsetIsReadThere() throws IOException {
        fixture().onEveryFile(file -> {
            byte[] bytes = pattern(100_000);
            write(file, Arrays.copyOfRange(bytes, 40_000, 100_000), 40_000);
            write(file, Arrays.copyOf(bytes, 40_000), 0);
            Flight sync = fixture().flight(file).begin(operation -> operation.sync(true));
            fixture().turnUntilOver(sync);
            Flight syncData = fixture().flight(file).begin(operation -> operation.sync(false));
            fixture().turnUntilOver(syncData);
            ByteBuffer into = room(500);
            Flight read = fixture().flight(file).begin(operation -> operation.read(into, 39_900));
            fixture().turnUntilOver(read);

            assertEquals(0, sync.outcome());
            assertEquals(0, syncData.outcome());
            assertEquals(500, read.outcome());
            assertArrayEquals(Arrays.copyOfRange(bytes, 39_900, 40_400), taken(into));
            file.close();
            fixture().settle();
        });
    }

    @Test
    @Rule("OP-14")
    default void theEndOfAFileIsMinusOneAndTheLastReadIsShort() throws IOException {
        fixture().onEveryFile(file -> {
            write(file, pattern(10), 0);
            long[] offsets = {4, 9, 10, 11, 1L << 40};
            int[] expected = {6, 1, -1, -1, -1};
            for (int i = 0; i < offsets.length; i++) {
                long offset = offsets[i];
                Flight read = fixture().flight(file).begin(operation -> operation.read(room(100), offset));
                fixture().turnUntilOver(read);
                assertEquals(expected[i], read.outcome(), "at " + offset);
            }
            file.close();
            fixture().settle();
        });
    }

    @Test
    @Rule("OP-14")
    default void manyAreDoneToOneFileAtOnce() throws IOException {
        fixture().onEveryFile(file -> {
            int blocks = 64;
            int size = 1000;
            byte[] bytes = pattern(blocks * size);
            Flight[] flights = new Flight[blocks];
            for (int i = 0; i < blocks; i++) {
                int at = i * size;
                flights[i] = fixture()
                        .flight(file)
                        .begin(operation -> operation.write(full(Arrays.copyOfRange(bytes, at, at + size)), at));
            }
            fixture().turnUntilOver(flights);
            ByteBuffer[] rooms = new ByteBuffer[blocks];
            for (int i = 0; i < blocks; i++) {
                ByteBuffer into = room(size);
                rooms[i] = into;
                long at = (long) (blocks - 1 - i) * size;
                flights[i] = fixture().flight(file).begin(operation -> operation.read(into, at));
            }
            fixture().turnUntilOver(flights);

            for (int i = 0; i < blocks; i++) {
                int at = (blocks - 1 - i) * size;
                assertEquals(size, flights[i].outcome());
                assertArrayEquals(Arrays.copyOfRange(bytes, at, at + size), taken(rooms[i]));
            }
            file.close();
            fixture().settle();
        });
    }

    @Test
    @Rule({"OP-14", "OP-5"})
    default void aCancelledReadOrWriteCompletesOnceAndSaysHowMuchWasDone() throws IOException {
        fixture().onEveryFile(file -> {
            for (int moment = 0; moment < 20; moment++) {
                ByteBuffer from = full(pattern(50_000));
                Flight write = fixture().flight(file).begin(operation -> operation.write(from, 0));
                ByteBuffer into = room(50_000);
                Flight read = fixture().flight(file).begin(operation -> operation.read(into, 0));
                if (moment % 2 == 0) {
                    loop().runOnce(Duration.ZERO);
                }
                write.operation.cancel();
                read.operation.cancel();
                fixture().turnUntilOver(write, read);
                if (!write.outcome().equals(50_000)) {
                    write.failure(CancellationException.class);
                }
                assertArrayEquals(pattern(taken(into).length), taken(into));
                if (read.outcome() instanceof Integer count) {
                    assertEquals(Math.max(0, count), taken(into).length);
                } else {
                    read.failure(CancellationException.class);
                }
            }
            file.close();
            fixture().settle();
        });
    }

    @Test
    @Rule({"OP-14", "OP-11"})
    default void aFileHasNeitherAStreamNorConnections() throws IOException {
        fixture().onEveryFile(file -> {
            Flight flight = fixture().flight(file);
            assertThrows(
                    UnsupportedOperationException.class, () -> flight.begin(operation -> operation.receive(room(4))));
            assertThrows(UnsupportedOperationException.class, () -> flight.begin(operation -> operation.send(room(4))));
            assertThrows(UnsupportedOperationException.class, () -> flight.begin(Operation::receiveEach));
            assertThrows(UnsupportedOperationException.class, () -> flight.begin(Operation::accept));
            file.close();
            fixture().settle();
        });
    }

    @Test
    @Rule({"OP-14", "OP-9"})
    default void theEndOfTheLoopCompletesWhatIsDoneToFiles() throws IOException {
        fixture().onEveryFile(file -> {
            for (int i = 0; i < 8; i++) {
                fixture().flight(file).begin(operation -> operation.write(full(pattern(100_000)), 0));
            }
        });
        loop().close();
    }
}
