package dev.pollux.ffm.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.NativeIOException;
import dev.pollux.ffm.sys.Errno;
import dev.pollux.ffm.sys.Faults;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
@Timeout(30)
class DiskFileTest {

    private static final OpenOption READ = StandardOpenOption.READ;
    private static final OpenOption WRITE = StandardOpenOption.WRITE;
    private static final OpenOption CREATE = StandardOpenOption.CREATE;

    @TempDir
    Path directory;

    private Path path;

    @BeforeEach
    void write() throws IOException {
        path = Files.writeString(directory.resolve("file"), "0123456789");
    }

    @Test
    void readsFromAnOffsetIntoWhatRoomThereIs() throws IOException {
        try (DiskFile file = DiskFile.open(path)) {
            ByteBuffer into = ByteBuffer.allocateDirect(8).position(2).limit(6);

            assertEquals(4, file.read(into, 3));

            assertEquals(6, into.position());
            assertEquals("\0\0" + "3456", Bytes.text(into));
            assertEquals(0, file.read(into, 0), "no room");
            assertEquals(2, file.read(into.clear(), 8));
            assertEquals(-1, file.read(into.clear(), 10));
            assertEquals(-1, file.read(into.clear(), 1L << 40));
            assertEquals(0, into.position());
        }
    }

    @Test
    void writesAtAnOffsetAndLeavesTheRest() throws IOException {
        try (DiskFile file = DiskFile.open(path, WRITE)) {
            ByteBuffer from = Bytes.of("xabcx").position(1).limit(4);

            assertEquals(3, file.write(from, 4));

            assertEquals(4, from.position());
            assertEquals("0123abc789", Files.readString(path));
            assertEquals(0, file.write(from, 4));
            assertEquals(1, file.write(Bytes.of("e"), 12));
            assertEquals(13, file.size());
            assertEquals("0123abc789\0\0e", Files.readString(path));
            file.force(true);
            file.force(false);
        }
    }

    @Test
    void optionsMeanWhatTheyMeanForChannels() throws IOException {
        Path fresh = directory.resolve("fresh");
        DiskFile.open(fresh, CREATE, WRITE).close();
        DiskFile.open(fresh, CREATE, WRITE).close();
        assertTrue(Files.isRegularFile(fresh));
        NativeIOException exists =
                assertThrows(NativeIOException.class, () -> DiskFile.open(fresh, StandardOpenOption.CREATE_NEW, WRITE));
        assertEquals(
                "open(" + fresh + "): EEXIST, the file exists already; without the option CREATE_NEW it is opened",
                exists.getMessage());

        DiskFile.open(path, READ, StandardOpenOption.TRUNCATE_EXISTING).close();
        assertEquals(10, Files.size(path));
        DiskFile.open(path, WRITE, StandardOpenOption.TRUNCATE_EXISTING).close();
        assertEquals(0, Files.size(path));

        try (DiskFile both = DiskFile.open(path, READ, WRITE, StandardOpenOption.SYNC, StandardOpenOption.DSYNC)) {
            both.write(Bytes.of("ab"), 0);
            ByteBuffer into = Bytes.room();
            assertEquals(2, both.read(into, 0));
            assertEquals("ab", Bytes.text(into));
        }

        Path link = Files.createSymbolicLink(directory.resolve("link"), path);
        DiskFile.open(link).close();
        assertEquals(
                "ELOOP",
                assertThrows(NativeIOException.class, () -> DiskFile.open(link, LinkOption.NOFOLLOW_LINKS))
                        .errnoName());
    }

    @Test
    void optionsWithoutOffsetsFailBeforeAnythingIsOpened() {
        try (Faults calls = Faults.recording()) {
            for (OpenOption option : List.of(StandardOpenOption.APPEND, StandardOpenOption.DELETE_ON_CLOSE)) {
                assertThrows(UnsupportedOperationException.class, () -> DiskFile.open(path, WRITE, option));
            }
            assertEquals(List.of(), calls.calls());
        }
    }

    @Test
    void aFileThatIsMissingFailsWithTheWayOut() {
        Path missing = directory.resolve("missing");

        NativeIOException failure = assertThrows(NativeIOException.class, () -> DiskFile.open(missing));

        assertEquals(
                "open(" + missing + "): ENOENT, no such file; the option CREATE makes one in a directory that exists",
                failure.getMessage());
    }

    @Test
    void wrongBuffersAndOffsetsFailBeforeAnythingIsDone() throws IOException {
        try (DiskFile file = DiskFile.open(path, READ, WRITE);
                Faults calls = Faults.recording()) {
            ByteBuffer direct = Bytes.of("abc");

            assertThrows(IllegalArgumentException.class, () -> file.read(ByteBuffer.allocate(3), 0));
            assertThrows(IllegalArgumentException.class, () -> file.write(ByteBuffer.allocate(3), 0));
            assertThrows(ReadOnlyBufferException.class, () -> file.read(direct.asReadOnlyBuffer(), 0));
            assertThrows(IllegalArgumentException.class, () -> file.read(direct, -1));
            assertThrows(IllegalArgumentException.class, () -> file.write(direct, -1));

            assertEquals(List.of(), calls.calls());
            assertEquals(3, file.write(direct.asReadOnlyBuffer(), 0));
        }
    }

    @Test
    void memoryThatItsArenaHasFreedIsNotTouched() throws IOException {
        try (DiskFile file = DiskFile.open(path, READ, WRITE)) {
            Arena arena = Arena.ofShared();
            ByteBuffer buffer = arena.allocate(4).asByteBuffer();
            assertEquals(4, file.read(buffer, 0));
            arena.close();

            assertThrows(IllegalStateException.class, () -> file.read(buffer.clear(), 0));
            assertThrows(IllegalStateException.class, () -> file.write(buffer.clear(), 0));
        }
    }

    @Test
    void aCallThatASignalInterruptsIsMadeAgain() throws IOException {
        try (DiskFile file = DiskFile.open(path, READ, WRITE);
                Faults faults = Faults.refusing("pread", 1, Errno.EINTR)) {
            assertEquals(10, file.read(Bytes.room(), 0));
            assertTrue(faults.struck());
        }
        try (DiskFile file = DiskFile.open(path, READ, WRITE);
                Faults faults = Faults.refusing("pwrite", 1, Errno.EINTR)) {
            assertEquals(1, file.write(Bytes.of("a"), 0));
            assertTrue(faults.struck());
        }
    }

    @Test
    void aFullDiskSaysSo() throws IOException {
        try (DiskFile file = DiskFile.open(path, WRITE);
                Faults faults = Faults.refusing("pwrite", 1, Errno.ENOSPC)) {
            NativeIOException failure = assertThrows(NativeIOException.class, () -> file.write(Bytes.of("a"), 0));

            assertEquals("pwrite on fd " + file.fd() + ": ENOSPC, the disk is full", failure.getMessage());
            assertTrue(faults.struck());
        }
    }

    /** The kernel reports lost data once. */
    @Test
    void aFailedForceIsNotTriedAgain() throws IOException {
        for (boolean metaData : new boolean[] {true, false}) {
            String call = metaData ? "fsync" : "fdatasync";
            try (DiskFile file = DiskFile.open(path, WRITE);
                    Faults faults = Faults.refusing(call, 1, Errno.ENOSPC)) {
                assertEquals(
                        call,
                        assertThrows(NativeIOException.class, () -> file.force(metaData))
                                .call());
                assertEquals(List.of(call), faults.calls());
            }
        }
    }

    @Test
    void severalThreadsUseItAtOnce() throws Exception {
        try (DiskFile file = DiskFile.open(path, READ, WRITE)) {
            List<FutureTask<Boolean>> tasks = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                char mine = (char) ('a' + thread);
                long offset = 100L * thread;
                FutureTask<Boolean> task = new FutureTask<>(() -> {
                    for (int round = 0; round < 1_000; round++) {
                        ByteBuffer out = Bytes.of(String.valueOf(mine).repeat(1 + round % 50));
                        ByteBuffer in = ByteBuffer.allocateDirect(out.remaining());
                        assertEquals(in.remaining(), file.write(out, offset));
                        assertEquals(in.remaining(), file.read(in, offset));
                        assertEquals(out.flip(), in.flip());
                    }
                    return true;
                });
                tasks.add(task);
                new Thread(task).start();
            }
            for (FutureTask<Boolean> task : tasks) {
                assertTrue(task.get());
            }
        }
    }

    @Test
    void afterTheCloseEverythingFails() throws IOException {
        DiskFile file = DiskFile.open(path, READ, WRITE);
        String open = file.toString();
        int fd = file.fd();
        assertFalse(file.isSocket());
        file.close();
        file.close();

        assertEquals("DiskFile[fd " + fd + ", " + path + "]", open);
        assertEquals("DiskFile[closed, " + path + "]", file.toString());
        assertEquals(-1, file.fd());
        assertThrows(ClosedChannelException.class, () -> file.read(Bytes.room(), 0));
        assertThrows(ClosedChannelException.class, () -> file.write(Bytes.of("a"), 0));
        assertThrows(ClosedChannelException.class, () -> file.force(true));
        assertThrows(ClosedChannelException.class, file::size);
    }
}
