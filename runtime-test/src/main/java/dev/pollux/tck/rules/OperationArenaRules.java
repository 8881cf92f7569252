package dev.pollux.tck.rules;

import static dev.pollux.tck.rules.OperationFixture.pattern;
import static dev.pollux.tck.rules.OperationFixture.room;
import static dev.pollux.tck.rules.OperationFixture.whole;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.pollux.operation.Operations;
import dev.pollux.tck.source.ArenaMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** OP-6: buffers whose memory can be freed while they are reachable. */
public interface OperationArenaRules extends OperationRuleGroup {

    @Test
    @Rule("OP-6")
    default void theMemoryOfAnArenaIsUsedAsAnyOther() throws IOException {
        Assumptions.assumeTrue(ArenaMemory.exists(), "there are no arenas before Java 22");
        fixture().onEveryStream(stream -> {
            try (ArenaMemory arena = ArenaMemory.open()) {
                Operations operations = fixture().on(stream);
                ByteBuffer into = arena.allocate(5);
                ByteBuffer from =
                        arena.allocate(1_000_000).put(pattern(1_000_000)).flip();
                Flight receive = fixture().flight(operations).begin(operation -> operation.receive(into));
                Flight send = fixture().flight(operations).begin(operation -> operation.send(from));
                fixture().settle();
                stream.send(pattern(5));
                fixture().turnUntilOver(receive);

                assertArrayEquals(pattern(1_000_000), fixture().readWhileTurning(stream.peer(), 1_000_000));
                fixture().turnUntilOver(send);
                assertArrayEquals(pattern(5), whole(into));
                operations.close();
                fixture().settle();
            }
        });
        fixture().onEveryFile(file -> {
            try (ArenaMemory arena = ArenaMemory.open()) {
                ByteBuffer from = arena.allocate(5_000).put(pattern(5_000)).flip();
                Flight write = fixture().flight(file).begin(operation -> operation.write(from, 0));
                fixture().turnUntilOver(write);
                ByteBuffer into = arena.allocate(5_000);
                Flight read = fixture().flight(file).begin(operation -> operation.read(into, 0));
                fixture().turnUntilOver(read);

                assertArrayEquals(pattern(5_000), whole(into));
                file.close();
                fixture().settle();
            }
        });
    }

    @Test
    @Rule("OP-6")
    default void anArenaThatIsClosedFailsTheOperationThatUsesItAndNoOther() throws IOException {
        Assumptions.assumeTrue(ArenaMemory.exists(), "there are no arenas before Java 22");
        fixture().onEveryStream(stream -> {
            Operations operations = fixture().on(stream);
            Flight first;
            try (ArenaMemory arena = ArenaMemory.open()) {
                ByteBuffer into = arena.allocate(4);
                first = fixture().flight(operations).begin(operation -> operation.receive(into));
                fixture().settle();
            }
            Flight second = fixture().flight(operations).begin(operation -> operation.receive(room(4)));
            stream.send(pattern(4));
            fixture().turnUntilOver(first, second);

            first.failure(IllegalStateException.class);
            assertEquals(4, second.outcome());
            operations.close();
        });
    }
}
