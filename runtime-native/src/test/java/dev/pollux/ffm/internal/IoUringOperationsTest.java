package dev.pollux.ffm.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Events;
import dev.pollux.NativeIOException;
import dev.pollux.ffm.sys.Errno;
import dev.pollux.ffm.sys.Faults;
import dev.pollux.ffm.sys.TestLibc;
import dev.pollux.spi.BackendOptions;
import dev.pollux.spi.CompletionBackend;
import dev.pollux.spi.Submission.Kind;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What each kind of operation does, at the interface that the policy uses. */
@EnabledIf("dev.pollux.ffm.IoUringOnly#isHere")
class IoUringOperationsTest extends OperationsBench {

    @Test
    void receivingFromANonBlockingSocketWaitsInTheKernel() throws IOException {
        int[] sockets = sockets();
        ByteBuffer into = room(16);
        assertTrue(submit(Kind.RECEIVE, sockets[0], into, 4, 8, -1, TOKEN));

        assertEquals(List.of(), poll());
        TestLibc.write(sockets[1], "abc");

        assertEquals(List.of(done(TOKEN, 3)), await());
        assertEquals("abc", text(into, 4, 3));
        assertEquals(0, into.position());
    }

    @Test
    void aReceiveTakesNoMoreThanItsLength() throws IOException {
        int[] sockets = sockets();
        ByteBuffer into = room(16);
        TestLibc.write(sockets[1], "abcdef");
        submit(Kind.RECEIVE, sockets[0], into, 1, 4, -1, TOKEN);

        assertEquals(List.of(done(TOKEN, 4)), await());
        assertEquals("\0abcd\0", text(into, 0, 6));
    }

    @Test
    void nothingIsReportedBeforeAWait() throws IOException {
        int[] sockets = sockets();
        TestLibc.write(sockets[1], "a");

        submit(Kind.RECEIVE, sockets[0], room(4), TOKEN);
        backend.flush();

        assertEquals(List.of(), seen);
        assertEquals(List.of(done(TOKEN, 1)), await());
        assertEquals(List.of(), poll());
    }

    @Test
    void whatCompletesBetweenTwoWaitsIsReportedByTheNextOne() throws IOException {
        int[] sockets = sockets();
        submit(Kind.RECEIVE, sockets[0], room(4), TOKEN);
        poll();

        TestLibc.write(sockets[1], "a");
        backend.add(
                "another source",
                pipe()[1],
                Events.WRITE,
                OTHER); // a call into the kernel, which completes what it can

        assertEquals(List.of(done(TOKEN, 1)), await());
        assertEquals(List.of(OTHER), readies);
    }

    @Test
    void theEndIsZero() throws IOException {
        int[] sockets = sockets();
        submit(Kind.RECEIVE, sockets[0], room(4), TOKEN);
        poll();

        close(sockets[1]);

        assertEquals(List.of(done(TOKEN, 0)), await());
    }

    @Test
    void aSendReportsWhatTheKernelTookAndTheNextOneWaitsForRoom() throws IOException {
        int[] sockets = sockets();
        ByteBuffer from = room(4 << 20);
        submit(Kind.SEND, sockets[0], from, TOKEN);
        int first = await().get(0).result();
        assertTrue(first > 0 && first < from.capacity(), "sent " + first);

        submit(Kind.SEND, sockets[0], from, TOKEN);
        assertEquals(List.of(), poll());
        int drained = 0;
        for (int count = TestLibc.read(sockets[1]); count > 0; count = TestLibc.read(sockets[1])) {
            drained += count;
        }

        int second = await().get(0).result();
        assertTrue(second > 0, "sent " + second);
        assertTrue(drained >= first, drained + " of " + first);
    }

    @Test
    void aSendToOneThatIsGoneFailsWithoutASignal() throws IOException {
        int[] sockets = sockets();
        close(sockets[1]);
        submit(Kind.SEND, sockets[0], bytes("abc"), TOKEN);

        int result = await().get(0).result();

        assertEquals(
                "send on fd " + sockets[0] + ": EPIPE, the other end is closed for reading; close this end",
                backend.failure(Kind.SEND, sockets[0], result).getMessage());
    }

    @Test
    void aFileIsWrittenAndReadAtOffsets(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "0123456789");
        int fd = tracked(TestLibc.open(file.toString(), 2 | TestLibc.O_CLOEXEC)); // O_RDWR
        submit(Kind.WRITE, fd, bytes("xabcx"), 1, 3, 4, TOKEN);
        assertEquals(List.of(done(TOKEN, 3)), await());
        submit(Kind.SYNC, fd, TOKEN);
        submit(Kind.SYNC_DATA, fd, OTHER);
        assertEquals(Set.of(done(TOKEN, 0), done(OTHER, 0)), Set.copyOf(await(2)));

        ByteBuffer into = room(32);
        submit(Kind.READ, fd, into, 2, 30, 3, TOKEN);

        assertEquals(List.of(done(TOKEN, 7)), await());
        assertEquals("3abc789", text(into, 2, 7));
        assertEquals("0123abc789", Files.readString(file));
        submit(Kind.READ, fd, into, 0, 4, 10, TOKEN);
        assertEquals(List.of(done(TOKEN, 0)), await());
    }

    @Test
    void withoutAnOffsetAFileGoesOnWhereItIs(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "0123456789");
        int fd = tracked(TestLibc.open(file.toString(), TestLibc.O_RDONLY | TestLibc.O_CLOEXEC));
        ByteBuffer into = room(4);
        submit(Kind.READ, fd, into, TOKEN);
        await();

        submit(Kind.READ, fd, into, TOKEN);

        assertEquals(List.of(done(TOKEN, 4)), await());
        assertEquals("4567", text(into, 0, 4));
    }

    /** Either will do: the policy waits until the source is ready and tries again. */
    @Test
    void readingFromAnEmptyPipeWaitsOrIsToBeTriedAgain() throws IOException {
        int[] pipe = pipe();
        ByteBuffer into = room(4);
        submit(Kind.READ, pipe[0], into, TOKEN);
        List<Completed> early = poll();

        TestLibc.write(pipe[1], "ab");
        if (early.isEmpty()) {
            assertEquals(List.of(done(TOKEN, 2)), await());
        } else {
            assertEquals(List.of(done(TOKEN, CompletionBackend.AGAIN)), early);
            submit(Kind.READ, pipe[0], into, TOKEN);
            assertEquals(List.of(done(TOKEN, 2)), await());
        }
        submit(Kind.WRITE, pipe[1], bytes("cd"), OTHER);
        assertEquals(List.of(done(OTHER, 2)), await());
        close(pipe[1]);
        submit(Kind.READ, pipe[0], into, TOKEN);
        assertEquals(List.of(done(TOKEN, 2)), await());
        submit(Kind.READ, pipe[0], into, TOKEN);
        assertEquals(List.of(done(TOKEN, 0)), await());
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"RECEIVE", "SEND", "READ", "WRITE", "SYNC", "SYNC_DATA", "ACCEPT", "ACCEPT_EACH", "RECEIVE_EACH"})
    void aClosedDescriptorFailsAndTheFailureSaysSo(Kind kind) throws IOException {
        int[] pipe = pipe();
        close(pipe[0]);
        boolean transfers =
                Set.of(Kind.RECEIVE, Kind.SEND, Kind.READ, Kind.WRITE).contains(kind);
        submit(kind, pipe[0], transfers ? room(4) : null, TOKEN);

        Completed completed = await().get(0);

        assertFalse(completed.goesOn());
        String message = String.valueOf(
                backend.failure(kind, pipe[0], completed.result()).getMessage());
        assertTrue(message.endsWith(" on fd " + pipe[0] + ": EBADF, the descriptor is not open"), message);
    }

    @Test
    void anOperationThatIsCancelledCompletesOnce() throws IOException {
        int[] sockets = sockets();
        ByteBuffer into = room(4);
        submit(Kind.RECEIVE, sockets[0], into, TOKEN);
        poll();

        backend.cancel(TOKEN);
        backend.cancel(TOKEN);

        assertEquals(List.of(done(TOKEN, CompletionBackend.CANCELLED)), await());
        TestLibc.write(sockets[1], "abc");
        assertEquals(List.of(), poll());
        assertEquals(0, into.get(0));
        submit(Kind.RECEIVE, sockets[0], into, TOKEN);
        assertEquals(List.of(done(TOKEN, 3)), await());
    }

    @Test
    void anOperationThatIsCancelledBeforeTheKernelLearnsOfItCompletes() throws IOException {
        int[] sockets = sockets();
        submit(Kind.RECEIVE, sockets[0], room(4), TOKEN);

        backend.cancel(TOKEN);

        assertEquals(List.of(done(TOKEN, CompletionBackend.CANCELLED)), await());
    }

    @Test
    void anOperationThatIsDoneBeforeItIsCancelledReportsItsResult() throws IOException {
        int[] sockets = sockets();
        TestLibc.write(sockets[1], "abc");
        submit(Kind.RECEIVE, sockets[0], room(4), TOKEN);

        backend.cancel(TOKEN);

        assertEquals(List.of(done(TOKEN, 3)), await());
        assertEquals(List.of(), poll());
    }

    @Test
    void aCancelOfWhatHasCompletedDoesNotReachTheNextOperation() throws IOException {
        int[] sockets = sockets();
        TestLibc.write(sockets[1], "abc");
        submit(Kind.RECEIVE, sockets[0], room(4), TOKEN);
        await();

        backend.cancel(TOKEN);
        backend.cancel(OTHER);
        submit(Kind.RECEIVE, sockets[0], room(4), TOKEN);
        long otherOwner = TOKEN + (1L << Integer.SIZE);
        backend.cancel(otherOwner);

        assertEquals(List.of(), poll());
        TestLibc.write(sockets[1], "d");
        assertEquals(List.of(done(TOKEN, 1)), await());
    }

    @Test
    void aSlotHasOneOperationAtATime() throws IOException {
        int[] sockets = sockets();
        submit(Kind.RECEIVE, sockets[0], room(4), TOKEN);

        assertThrows(IllegalStateException.class, () -> submit(Kind.RECEIVE, sockets[0], room(4), TOKEN));
    }

    @Test
    void slotsOfOperationsAreNotThoseOfSources() throws IOException {
        int[] sockets = sockets();
        backend.add("a source", sockets[0], Events.READ, TOKEN);
        submit(Kind.RECEIVE, sockets[1], room(4), TOKEN);
        poll();

        TestLibc.write(sockets[0], "ab");
        assertEquals(List.of(done(TOKEN, 2)), await());
        assertEquals(List.of(), readies);
        TestLibc.write(sockets[1], "a");

        assertEquals(List.of(), poll());
        assertEquals(List.of(TOKEN), readies);
        backend.remove("a source", sockets[0], TOKEN);
    }

    @Test
    void aFullQueueTakesNothingUntilItIsFlushed() throws IOException {
        // The sockets have room for that many.
        replaceBackend(IoUringBackend.open(BackendOptions.defaults(), new Ring.Size(64, 256)));
        int[] pair = sockets();
        ByteBuffer one = bytes("a");
        int taken = 0;
        while (submit(Kind.SEND, pair[0], one, taken)) {
            taken++;
        }
        assertEquals(64, taken);
        assertFalse(submit(Kind.SEND, pair[0], one, taken));

        backend.flush();

        assertTrue(submit(Kind.SEND, pair[0], one, taken));
        Set<Completed> all = new HashSet<>(await(taken + 1));
        assertEquals(taken + 1, all.size());
        assertTrue(all.stream().allMatch(completed -> completed.result() == 1), all::toString);
    }

    /** A user may lock so much memory, and that of a closed ring is freed some time after the close. */
    @Test
    void aRingThatFindsNoMemoryAtFirstIsSmallAndDoesTheSame() throws IOException {
        try (Faults faults = Faults.refusing("io_uring_setup", 1, Errno.ENOMEM)) {
            replaceBackend(IoUringBackend.open(BackendOptions.defaults()));
            assertTrue(faults.struck());
        }
        int[] pair = sockets();
        ByteBuffer one = bytes("a");
        int taken = 0;
        while (submit(Kind.SEND, pair[0], one, taken)) {
            taken++;
        }

        assertEquals(Ring.Size.SMALL.submissions(), taken);
        assertEquals(taken, await(taken).size());
    }

    @Test
    void aRingThatFindsNoMemoryForLongSaysWhatTheLimitIs() {
        try (Faults faults = Faults.refusingAll("io_uring_setup", Errno.ENOMEM)) {
            NativeIOException failure =
                    assertThrows(NativeIOException.class, () -> IoUringBackend.open(BackendOptions.defaults()));

            assertTrue(failure.getMessage().contains("raise ulimit -l"), failure::getMessage);
            assertTrue(faults.struck());
        }
    }

    @Test
    void fewerBuffersAreLentWhereThereIsNoMemoryForAQueueOfAll() throws IOException {
        int[] pair = sockets();
        TestLibc.write(pair[1], "abc");
        try (Faults faults = Faults.refusing("io_uring_register", 1, Errno.ENOMEM)) {
            assertTrue(submit(Kind.RECEIVE_EACH, pair[0], TOKEN));
            assertTrue(faults.struck());
        }

        assertEquals(3, await().get(0).result());
        assertTrue(backend.availableBuffers() < BackendOptions.defaults().lentBuffers());
    }

    /** The kernel keeps what has no room, and it is fetched in parts. */
    @Test
    void moreCompletionsThanTheQueueHoldsAreAllReportedOnce() throws IOException {
        replaceBackend(IoUringBackend.open(BackendOptions.defaults(), new Ring.Size(4, 4)));
        int operations = 1_000;
        int[] pair = sockets();
        for (int slot = 0; slot < operations; slot++) {
            while (!submit(Kind.RECEIVE, pair[0], room(1), slot)) {
                backend.flush();
            }
        }
        assertEquals(List.of(), poll());
        TestLibc.write(pair[1], "a".repeat(operations / 2));
        seen.clear();
        for (int slot = 0; slot < operations; slot++) {
            backend.cancel(slot);
        }

        List<Completed> all = await(operations);

        Set<Long> tokens = new HashSet<>();
        all.forEach(completed -> tokens.add(completed.token()));
        assertEquals(operations, tokens.size());
        assertEquals(operations, all.size());
        assertEquals(
                operations / 2,
                all.stream().filter(completed -> completed.result() == 1).count());
        assertEquals(List.of(), poll());
    }

    @Test
    void memoryThatCanBeFreedMeanwhileIsNotGivenToTheKernel() throws IOException {
        int[] sockets = sockets();
        try (Arena shared = Arena.ofShared();
                Arena confined = Arena.ofConfined()) {
            for (Arena arena : List.of(shared, confined)) {
                UnsupportedOperationException failure = assertThrows(
                        UnsupportedOperationException.class,
                        () -> submit(Kind.RECEIVE, sockets[0], arena.allocate(4).asByteBuffer(), TOKEN));
                assertTrue(String.valueOf(failure.getMessage()).contains("ByteBuffer.allocateDirect"));
            }
        }
        for (Arena arena : List.of(Arena.ofAuto(), Arena.global())) {
            TestLibc.write(sockets[1], "ab");
            submit(Kind.RECEIVE, sockets[0], arena.allocate(4).asByteBuffer(), TOKEN);
            assertEquals(List.of(done(TOKEN, 2)), await());
        }
    }

    @Test
    void aBufferOutsideOfWhichBytesWouldGoFails() throws IOException {
        int[] sockets = sockets();

        assertThrows(IndexOutOfBoundsException.class, () -> submit(Kind.RECEIVE, sockets[0], room(8), 4, 5, -1, TOKEN));

        submit(Kind.RECEIVE, sockets[0], room(8), 4, 4, -1, TOKEN);
        backend.cancel(TOKEN);
        assertEquals(List.of(done(TOKEN, CompletionBackend.CANCELLED)), await());
    }

    @Test
    void aSlotMayUseOneBufferAfterAnother() throws IOException {
        int[] sockets = sockets();
        for (ByteBuffer into : List.of(room(4), room(8), room(4).slice(1, 3))) {
            TestLibc.write(sockets[1], "ab");
            submit(Kind.RECEIVE, sockets[0], into, TOKEN);

            assertEquals(List.of(done(TOKEN, 2)), await());
            assertEquals("ab", text(into, 0, 2));
        }
    }
}
