package dev.pollux.ffm.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.ffm.sys.TestLibc;
import dev.pollux.internal.leak.Leaks;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
@Timeout(60)
class LeaksTest {

    private final BlockingQueue<String> files = new LinkedBlockingQueue<>();
    private final BlockingQueue<Throwable> places = new LinkedBlockingQueue<>();

    @BeforeEach
    void watch() {
        Leaks.reportTo((file, opened) -> {
            places.add(opened);
            files.add(file);
        });
    }

    @AfterEach
    void stopWatching() {
        Leaks.reportTo(null);
    }

    @Test
    void aForgottenFileIsToldWithWhereItWasOpened() throws Exception {
        int fd = forget();

        String told = null;
        while (told == null) {
            System.gc();
            told = files.poll(100, TimeUnit.MILLISECONDS);
        }

        assertEquals("EventCounter[fd " + fd + "]", told);
        assertTrue(Arrays.stream(places.remove().getStackTrace())
                .anyMatch(frame -> frame.getMethodName().equals("forget")));
        assertTrue(TestLibc.fcntl(fd, TestLibc.F_GETFD, 0) >= 0, "it is told, and not closed");
        TestLibc.close(fd);
    }

    private static int forget() throws IOException {
        return EventCounter.open().fd();
    }

    @Test
    void aClosedFileIsNotTold() throws Exception {
        EventCounter.open().close();
        System.gc();

        assertNull(files.poll(100, TimeUnit.MILLISECONDS));
    }

    @Test
    void nothingIsWatchedUnlessAskedFor() throws Exception {
        Leaks.reportTo(null);
        int fd = forget();
        System.gc();

        assertNull(files.poll(100, TimeUnit.MILLISECONDS));
        TestLibc.close(fd);
    }
}
