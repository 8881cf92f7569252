package dev.pollux.ffm.internal;

import org.jspecify.annotations.Nullable;

/** The hints of {@link Refusals} for calls on native files. */
final class FileHints {

    private FileHints() {}

    /**
     * Returns what {@code errnoName} means for {@code call}, or null if that is nothing of its own.
     *
     * @param call with its subject in parentheses, if it has one: {@code connect(/127.0.0.1:80)}
     */
    static @Nullable String of(String call, String errnoName) {
        int subject = call.indexOf('(');
        String name = subject < 0 ? call : call.substring(0, subject);
        return switch (name) {
            case "bind" -> bind(errnoName);
            case "connect" -> connect(errnoName);
            case "recv", "recvfrom", "read" -> receive(name, errnoName);
            case "send", "sendto", "write" -> send(name, errnoName);
            case "pidfd_open" -> pidfd(errnoName);
            case "inotify_init1", "inotify_add_watch" -> inotify(name, errnoName);
            default -> null;
        };
    }

    private static @Nullable String bind(String errnoName) {
        return switch (errnoName) {
            case "EADDRINUSE" ->
                "the address is taken; choose another one, set SO_REUSEPORT on every socket that shares it, or, for a "
                        + "Unix socket that nobody listens on any more, delete the file";
            case "EADDRNOTAVAIL" -> "no interface of this machine has that address";
            case "EACCES" ->
                "ports below 1024 take a privilege, a Unix socket the right to write to its directory; choose another "
                        + "address";
            case "ENOENT", "ENOTDIR" -> "the socket's directory does not exist; create it first";
            default -> unlessGeneral("bind", errnoName);
        };
    }

    private static @Nullable String connect(String errnoName) {
        return switch (errnoName) {
            case "ECONNREFUSED" -> "nobody listens there";
            case "ENOENT", "ENOTDIR" -> "no such socket; the listener creates the file when it binds";
            case "EAGAIN" -> "the listener's queue is full; try again later";
            case "ETIMEDOUT" -> "nobody answers there; a filter may drop what is sent";
            case "ENETUNREACH", "EHOSTUNREACH" -> "no route leads there";
            case "ECONNRESET" -> "the listener turned the connection away";
            case "EACCES", "EPERM" -> "the file's permissions or a filter forbid it";
            default -> unlessGeneral("connect", errnoName);
        };
    }

    private static @Nullable String receive(String call, String errnoName) {
        return switch (errnoName) {
            case "ECONNRESET" -> "the peer cut the connection, and what was not yet read is lost; close this end";
            case "ECONNREFUSED" -> "nobody receives at the address that was sent to";
            case "ENOTCONN" -> "it is not connected; wait for WRITE and call finishConnect first";
            default -> unlessGeneral(call, errnoName);
        };
    }

    private static @Nullable String send(String call, String errnoName) {
        return switch (errnoName) {
            case "EPIPE", "ECONNRESET" -> "nobody reads at the other end any more; close this end";
            case "ECONNREFUSED" -> "nobody receives at the address that was sent to";
            case "EMSGSIZE" -> "the datagram is too long; send shorter ones";
            case "ENOTCONN" -> "it is not connected; wait for WRITE and call finishConnect first";
            case "EDESTADDRREQ" -> "it is not connected; connect it, or name the receiver";
            default -> unlessGeneral(call, errnoName);
        };
    }

    private static @Nullable String pidfd(String errnoName) {
        return switch (errnoName) {
            case "ESRCH" -> "no such process; it may have ended already";
            case "ENOSYS" -> "it takes Linux 5.3; use Process.onExit";
            case "EPERM" -> "the container's filter does not allow it; use Process.onExit";
            default -> unlessGeneral("pidfd_open", errnoName);
        };
    }

    private static @Nullable String inotify(String call, String errnoName) {
        return switch (errnoName) {
            case "EMFILE" ->
                "this user has no inotify instance left, or the process no descriptor; raise "
                        + "/proc/sys/fs/inotify/max_user_instances or ulimit -n, or use one instance for many paths";
            case "ENOSPC" -> "this user watches too many files; raise /proc/sys/fs/inotify/max_user_watches";
            case "ENOENT", "ENOTDIR" -> "no such path; watch its directory to see it come";
            case "EACCES" -> "this user may not read it";
            default -> unlessGeneral(call, errnoName);
        };
    }

    /** The ones that mean the same for every call are {@link Refusals}'. */
    private static @Nullable String unlessGeneral(String call, String errnoName) {
        return switch (errnoName) {
            case "EBADF", "EMFILE", "ENFILE", "ENOMEM" -> null;
            default -> "see " + call + "(2)";
        };
    }
}
