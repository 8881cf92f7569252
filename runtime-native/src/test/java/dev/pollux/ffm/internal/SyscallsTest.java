package dev.pollux.ffm.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.NativeIOException;
import dev.pollux.ffm.sys.Errno;
import org.junit.jupiter.api.Test;

class SyscallsTest {

    @Test
    void resultsThatAreNotNegativePass() throws Exception {
        assertEquals(0, Syscalls.check("epoll_wait", 3, 0));
        assertEquals(7, Syscalls.check("epoll_wait", 3, 7));
    }

    @Test
    void aRefusalTellsCallDescriptorAndNumber() {
        NativeIOException refusal =
                assertThrows(NativeIOException.class, () -> Syscalls.check("epoll_ctl(ADD)", 17, -Errno.EPERM));

        assertEquals("epoll_ctl(ADD)", refusal.call());
        assertEquals(17, refusal.fd());
        assertEquals(Errno.EPERM, refusal.errno());
        assertEquals("EPERM", refusal.errnoName());
        assertEquals(
                "epoll_ctl(ADD) on fd 17: EPERM, epoll cannot watch regular files, directories or /dev/null; "
                        + "use the select or poll backend, or read them directly",
                refusal.getMessage());
    }

    @Test
    void hintsNameTheWayOut() {
        assertHint("epoll_ctl(ADD)", Errno.EBADF, "the descriptor is not open");
        assertHint(
                "epoll_ctl(MOD)",
                Errno.ENOENT,
                "its number belongs to another file now; unregister it, and register the new file");
        assertHint("epoll_ctl(ADD)", Errno.ENOSPC, "/proc/sys/fs/epoll/max_user_watches");
        assertHint("epoll_ctl(ADD)", Errno.EINVAL, "descriptors of its own");
        assertHint("epoll_ctl(ADD)", Errno.ELOOP, "circle");
        assertHint("epoll_create1", Errno.EMFILE, "ulimit -n");
        assertHint("eventfd", Errno.ENFILE, "/proc/sys/fs/file-max");
        assertHint("epoll_create1", Errno.EPERM, "does not allow epoll_create1; use another backend");
        assertHint("epoll_create1", Errno.ENOSYS, "does not allow epoll_create1; use another backend");
        assertHint("epoll_ctl(ADD)", 4711, "errno 4711, see epoll_ctl(2)");
        assertHint("epoll_wait", Errno.EINVAL, "see epoll_wait(2)");
        assertHint("fcntl(F_SETFD)", Errno.EINVAL, "see fcntl(2)");
    }

    @Test
    void theSubjectOfACallDoesNotMatter() {
        assertHint("connect(/127.0.0.1:80)", Errno.ENOENT, "no such socket");
        assertHint("connect", Errno.ENOENT, "no such socket");
        assertHint("connect(/127.0.0.1:80)", Errno.EINVAL, "see connect(2)");
    }

    @Test
    void whatANumberMeansForOneCallComesFirst() {
        assertHint("inotify_init1", Errno.EMFILE, "max_user_instances");
        assertHint("recv", Errno.EMFILE, "ulimit -n");
        assertHint("bind(/127.0.0.1:80)", Errno.ENOMEM, "no memory left");
        assertHint("sendto(/127.0.0.1:80)", Errno.EPERM, "see sendto(2)");
    }

    @Test
    void runningOutIsToldFromBeingWrong() {
        assertTrue(Syscalls.of("epoll_create1", -1, Errno.EMFILE).isExhaustion());
        assertFalse(Syscalls.of("epoll_create1", -1, Errno.EPERM).isExhaustion());
    }

    private static void assertHint(String call, int errno, String part) {
        String message = String.valueOf(Syscalls.of(call, -1, errno).getMessage());
        assertTrue(message.contains(part), message);
    }
}
