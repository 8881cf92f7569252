package dev.pollux.ffm.internal;

import dev.pollux.Events;
import dev.pollux.ffm.sys.Errno;
import dev.pollux.ffm.sys.EventFd;
import dev.pollux.ffm.sys.Unistd;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.HashSet;
import java.util.Set;

/**
 * Tries the backend out: sends two tokens through the kernel, so that a {@code struct epoll_event} that is laid out
 * otherwise than expected shows here and not as events that find no registration.
 */
public final class EpollProbe {

    private static final Set<Long> TOKENS = Set.of(0x0123_4567_89AB_CDEFL, 0x7EDC_BA98_7654_3210L);

    private EpollProbe() {}

    /**
     * Opens a backend, uses it and closes it.
     *
     * @throws IOException if the kernel refuses one of the calls
     * @throws IllegalStateException if what comes back is not what went in
     */
    public static void run() throws IOException {
        Set<Long> received = new HashSet<>();
        try (EpollBackend backend = EpollBackend.open();
                Arena arena = Arena.ofConfined()) {
            Errno errno = new Errno(arena);
            Set<Integer> fds = new HashSet<>();
            try {
                for (long token : TOKENS) {
                    int fd = Refusals.check("eventfd", -1, EventFd.eventfd(1, EventFd.EFD_CLOEXEC, errno));
                    fds.add(fd);
                    backend.add(EpollProbe.class, fd, Events.READ, token);
                }
                backend.await(0, (token, ready) -> received.add(ready == Events.READ ? token : ~token));
            } finally {
                fds.forEach(fd -> Unistd.close(fd, errno));
            }
        }
        if (!received.equals(TOKENS)) {
            throw new IllegalStateException("struct epoll_event has another layout here than expected: sent " + TOKENS
                    + ", received " + received);
        }
    }
}
