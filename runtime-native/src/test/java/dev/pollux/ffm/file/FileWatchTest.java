package dev.pollux.ffm.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Events;
import dev.pollux.NativeIOException;
import dev.pollux.ffm.sys.Errno;
import dev.pollux.ffm.sys.Faults;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
@Timeout(60)
class FileWatchTest {

    @TempDir
    private Path directory;

    private FileWatch watch;

    @BeforeEach
    void open() throws IOException {
        watch = FileWatch.open();
    }

    @AfterEach
    void close() {
        watch.close();
    }

    @Test
    void whatHappensInADirectoryIsToldInOrder() throws IOException {
        watch.add(directory, FileWatch.CREATE | FileWatch.MODIFY | FileWatch.CLOSE_WRITE | FileWatch.DELETE);
        assertEquals(List.of(), watch.read());
        Path file = directory.resolve("a-name");

        Files.write(file, new byte[1]);
        Files.delete(file);

        assertEquals(Events.READ, Bytes.await(watch, Events.READ));
        assertEquals(
                List.of(
                        new FileWatch.Event(directory, "a-name", FileWatch.CREATE, 0),
                        new FileWatch.Event(directory, "a-name", FileWatch.MODIFY, 0),
                        new FileWatch.Event(directory, "a-name", FileWatch.CLOSE_WRITE, 0),
                        new FileWatch.Event(directory, "a-name", FileWatch.DELETE, 0)),
                watch.read());
        assertEquals(List.of(), watch.read());
    }

    @Test
    void bothHalvesOfARenameBelongTogether() throws IOException {
        Path from = Files.createFile(directory.resolve("from"));
        watch.add(directory, FileWatch.MOVED_FROM | FileWatch.MOVED_TO);

        Files.move(from, directory.resolve("to"));
        List<FileWatch.Event> events = watch.read();

        assertEquals("from", events.get(0).name());
        assertEquals("to", events.get(1).name());
        assertNotEquals(0, events.get(0).cookie());
        assertEquals(events.get(0).cookie(), events.get(1).cookie());
    }

    @Test
    void aWatchedFileThatIsDeletedIsWatchedNoMore() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        watch.add(file, FileWatch.DELETE_SELF);

        Files.delete(file);

        assertEquals(
                List.of(
                        new FileWatch.Event(file, "", FileWatch.DELETE_SELF, 0),
                        new FileWatch.Event(file, "", FileWatch.IGNORED, 0)),
                watch.read());
        assertFalse(watch.remove(file));
        Files.createFile(file);
        watch.add(file, FileWatch.DELETE_SELF);
        Files.delete(file);
        assertFalse(watch.remove(file), "gone, and not yet read");
    }

    @Test
    void whatIsRemovedIsToldNoMore() throws IOException {
        watch.add(directory, FileWatch.CREATE);

        assertTrue(watch.remove(directory));
        Files.createFile(directory.resolve("file"));

        assertEquals(List.of(new FileWatch.Event(directory, "", FileWatch.IGNORED, 0)), watch.read());
        assertFalse(watch.remove(directory));
    }

    @Test
    void directoriesAndNamesOfAnyLengthAreTold() throws IOException {
        // Without a locale for it, the JVM makes no file with another name than of ASCII.
        boolean any = "UTF-8".equals(System.getProperty("sun.jnu.encoding"));
        String longest = any ? "é".repeat(127) : "e".repeat(255);
        watch.add(directory, FileWatch.CREATE);

        Files.createDirectory(directory.resolve(longest));

        assertEquals(
                List.of(new FileWatch.Event(directory, longest, FileWatch.CREATE | FileWatch.IS_DIRECTORY, 0)),
                watch.read());
    }

    @Test
    void whatDoesNotFitIntoOneReadComesWithTheNext() throws IOException {
        watch.add(directory, FileWatch.CREATE);
        int files = 400;
        for (int i = 0; i < files; i++) {
            Files.createFile(directory.resolve("a-name-that-takes-some-room-" + i));
        }

        int told = 0;
        int reads = 0;
        for (int count = 1; count > 0; reads++) {
            count = watch.read().size();
            told += count;
        }

        assertEquals(files, told);
        assertTrue(reads > 2);
    }

    @Test
    void eachNameOfAFileGetsWhatItAsksFor() throws IOException {
        Path first = Files.createFile(directory.resolve("first"));
        Path second = Files.createLink(directory.resolve("second"), first);
        watch.add(first, FileWatch.MODIFY | FileWatch.CLOSE_WRITE);
        watch.add(second, FileWatch.CLOSE_WRITE);

        Files.write(second, new byte[1]);

        assertEquals(
                List.of(
                        new FileWatch.Event(first, "", FileWatch.MODIFY, 0),
                        new FileWatch.Event(first, "", FileWatch.CLOSE_WRITE, 0),
                        new FileWatch.Event(second, "", FileWatch.CLOSE_WRITE, 0)),
                watch.read());
    }

    @Test
    void removingOneNameOfAFileLeavesTheOtherWatched() throws IOException {
        Path first = Files.createFile(directory.resolve("first"));
        Path second = Files.createLink(directory.resolve("second"), first);
        watch.add(first, FileWatch.CLOSE_WRITE);
        watch.add(second, FileWatch.CLOSE_WRITE);

        assertTrue(watch.remove(first));
        Files.write(first, new byte[1]);

        assertEquals(List.of(new FileWatch.Event(second, "", FileWatch.CLOSE_WRITE, 0)), watch.read());
        assertFalse(watch.remove(first));
        assertTrue(watch.remove(second));
        Files.write(first, new byte[1]);
        assertEquals(List.of(new FileWatch.Event(second, "", FileWatch.IGNORED, 0)), watch.read());
    }

    @Test
    void aPathThatNamesANewFileAndIsAddedAgainIsWatchedThereOnly() throws IOException {
        Path log = Files.createFile(directory.resolve("log"));
        Path rotated = directory.resolve("log.1");
        watch.add(log, FileWatch.CLOSE_WRITE);
        Files.write(log, new byte[1]);
        Files.move(log, rotated);
        Files.createFile(log);

        watch.add(log, FileWatch.CLOSE_WRITE);
        Files.write(rotated, new byte[2]);
        Files.write(log, new byte[3]);

        FileWatch.Event written = new FileWatch.Event(log, "", FileWatch.CLOSE_WRITE, 0);
        assertEquals(List.of(written, written), watch.read(), "of the old file before, of the new one after");
        assertTrue(watch.remove(log));
        assertEquals(List.of(new FileWatch.Event(log, "", FileWatch.IGNORED, 0)), watch.read());
    }

    @Test
    void aPathThatAsksForLessIsToldLess() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        watch.add(file, FileWatch.MODIFY | FileWatch.CLOSE_WRITE);

        watch.add(file, FileWatch.CLOSE_WRITE);
        Files.write(file, new byte[1]);

        assertEquals(List.of(new FileWatch.Event(file, "", FileWatch.CLOSE_WRITE, 0)), watch.read());
    }

    @Test
    void whatCannotBeWatchedIsRefused() {
        Path missing = directory.resolve("missing");

        NativeIOException refused = assertThrows(NativeIOException.class, () -> watch.add(missing, FileWatch.MODIFY));

        assertEquals("inotify_add_watch(" + missing + ")", refused.call());
        assertTrue(refused.getMessage().endsWith("ENOENT, no such path; watch its directory to see it come"));
        assertThrows(IllegalArgumentException.class, () -> watch.add(directory, 0));
        assertThrows(IllegalArgumentException.class, () -> watch.add(directory, FileWatch.IGNORED));
    }

    @Test
    void runningOutIsToldWithTheWayOut() {
        try (Faults faults = Faults.refusing("inotify_init1", 1, Errno.EMFILE)) {
            NativeIOException refused = assertThrows(NativeIOException.class, FileWatch::open);

            assertTrue(faults.struck());
            assertTrue(refused.getMessage().contains("max_user_instances"), refused.getMessage());
        }
    }
}
