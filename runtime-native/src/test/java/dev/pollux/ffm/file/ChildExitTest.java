package dev.pollux.ffm.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Events;
import dev.pollux.NativeIOException;
import dev.pollux.ffm.Children;
import dev.pollux.ffm.sys.Errno;
import dev.pollux.ffm.sys.Faults;
import dev.pollux.ffm.sys.TestLibc;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
@Timeout(60)
class ChildExitTest {

    @Test
    void itIsReadyOnceTheChildHasEnded() throws Exception {
        Process child = new ProcessBuilder("sh", "-c", "read line; exit 7").start();
        try (ChildExit exit = ChildExit.of(child)) {
            assertEquals(Events.NONE, Bytes.poll(exit, Events.READ));
            assertEquals(TestLibc.FD_CLOEXEC, TestLibc.fcntl(exit.fd(), TestLibc.F_GETFD, 0));

            child.getOutputStream().close();

            assertTrue((Bytes.await(exit, Events.READ) & Events.READ) != 0);
            assertEquals(7, Children.end(child));
            assertTrue((Bytes.poll(exit, Events.READ) & Events.READ) != 0);
            assertEquals(child.pid(), exit.pid());
            assertEquals("ChildExit[fd " + exit.fd() + ", pid " + child.pid() + "]", exit.toString());
        }
    }

    @Test
    void aChildThatHadEndedIsReadyAtOnce() throws Exception {
        Process child = new ProcessBuilder("true").start();
        Children.end(child);

        try (ChildExit exit = ChildExit.of(child)) {
            assertEquals(Events.READ, Bytes.poll(exit, Events.READ));
        }
    }

    @Test
    void processesThatDoNotExistAreRefused() {
        NativeIOException missing = assertThrows(NativeIOException.class, () -> ChildExit.of(Integer.MAX_VALUE));

        assertEquals("ESRCH", missing.errnoName());
        assertTrue(missing.getMessage().contains("it may have ended already"), missing.getMessage());
        assertThrows(IllegalArgumentException.class, () -> ChildExit.of(0));
        assertThrows(IllegalArgumentException.class, () -> ChildExit.of(1L << 31));
    }

    @Test
    void anOldKernelIsToldWithTheWayOut() throws IOException {
        Process child = new ProcessBuilder("cat").start();
        try (Faults faults = Faults.refusing("pidfd_open", 1, Errno.ENOSYS)) {
            NativeIOException refused = assertThrows(NativeIOException.class, () -> ChildExit.of(child));

            assertTrue(faults.struck());
            assertEquals("pidfd_open: ENOSYS, it takes Linux 5.3; use Process.onExit", refused.getMessage());
        } finally {
            child.destroy();
            Children.end(child);
        }
    }
}
