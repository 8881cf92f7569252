package dev.pollux.ffm.file;

import dev.pollux.NativeIOException;
import dev.pollux.ffm.sys.PidFd;
import java.io.IOException;
import java.util.Objects;

/**
 * Is ready to read once a process has ended, pidfd_open(2). Linux 5.3.
 *
 * <p>It reports that, and not how: {@link Process#waitFor} has the exit code, and returns without delay by then. A process
 * that had ended before counts as well. Nothing is to be read, and it stays ready: cancel its registration and close it.
 * It is not inherited by programs that the process starts.
 *
 * <p><b>Thread:</b> any.
 */
public final class ChildExit extends NativeFile {

    private final long pid;

    private ChildExit(OpeningFile opening, long pid) {
        super(opening, "pid " + pid);
        this.pid = pid;
    }

    /**
     * Opens one for a process that this JVM has started.
     *
     * @throws UnsupportedOperationException if this is not Linux
     * @throws IOException if the kernel refuses, for instance {@code ENOSYS} before Linux 5.3
     */
    public static ChildExit of(Process child) throws IOException {
        Objects.requireNonNull(child, "child");
        try {
            ChildExit exit = of(child.pid());
            // The JDK collects its children at once. From then on the number may be another process's.
            if (child.isAlive()) {
                return exit;
            }
            exit.close();
        } catch (NativeIOException e) {
            if (e.errno() != PidFd.ESRCH) {
                throw e;
            }
        }
        try (OpeningFile ready = CountFile.openEventFd(1)) {
            return ready.finish(new ChildExit(ready, child.pid()));
        }
    }

    /**
     * Opens one for any process.
     *
     * @throws IllegalArgumentException if {@code pid} is not the number of a process
     * @throws UnsupportedOperationException if this is not Linux
     * @throws IOException if the kernel refuses, for instance {@code ESRCH} if there is no such process
     */
    public static ChildExit of(long pid) throws IOException {
        OpeningFile.requireLinux("exit descriptors", "Process.onExit");
        if (pid <= 0 || pid > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("pid " + pid + " is no process's; they count from 1 to 2^31 - 1");
        }
        try (OpeningFile opening = new OpeningFile(0)) {
            opening.opened("pidfd_open", PidFd.open((int) pid, 0, opening.errno()));
            return opening.finish(new ChildExit(opening, pid));
        }
    }

    /** Returns the number of the process. */
    public long pid() {
        return pid;
    }
}
