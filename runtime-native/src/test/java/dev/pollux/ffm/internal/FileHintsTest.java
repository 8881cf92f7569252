package dev.pollux.ffm.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

class FileHintsTest {

    @Test
    void theSubjectOfACallDoesNotMatter() {
        assertEquals("nobody listens there", FileHints.of("connect(/127.0.0.1:80)", "ECONNREFUSED"));
        assertEquals("nobody listens there", FileHints.of("connect", "ECONNREFUSED"));
    }

    @Test
    void whatIsNotKnownIsLookedUpByTheNameOfTheCall() {
        assertEquals("see connect(2)", FileHints.of("connect(/127.0.0.1:80)", "EPROTO"));
        assertEquals("see sendto(2)", FileHints.of("sendto(/127.0.0.1:80)", "EPROTO"));
    }

    @Test
    void whatMeansTheSameEverywhereIsLeftToTheOthers() {
        assertNull(FileHints.of("recv", "EBADF"));
        assertNull(FileHints.of("bind(/127.0.0.1:80)", "ENOMEM"));
        assertNull(FileHints.of("epoll_ctl(ADD)", "EPERM"));
    }
}
