package dev.pollux.ffm.internal;

import dev.pollux.NativeIOException;
import dev.pollux.ffm.sys.Errno;
import org.jspecify.annotations.Nullable;

/**
 * Results of system calls: the one place where an error number becomes an exception, which says what the number means for
 * this call and what the way out is.
 */
public final class Syscalls {

    private Syscalls() {}

    /**
     * Returns {@code result} unless it is negative.
     *
     * @param call as {@link NativeIOException#call()}
     * @param fd the descriptor it was about, or −1
     * @throws NativeIOException if the call failed
     */
    public static int check(String call, int fd, int result) throws NativeIOException {
        if (result < 0) {
            throw of(call, fd, -result);
        }
        return result;
    }

    /**
     * Returns the failure of a call.
     *
     * @param call with its subject in parentheses, if it has one: {@code connect(/127.0.0.1:80)}
     */
    public static NativeIOException of(String call, int fd, int errno) {
        return of(call, fd, errno, hint(call, Errno.name(errno)));
    }

    /** Returns a failure of which the caller knows more than its number says. */
    static NativeIOException of(String call, int fd, int errno, String hint) {
        return new NativeIOException(call, fd, errno, Errno.name(errno), hint);
    }

    private static String hint(String call, String errnoName) {
        int subject = call.indexOf('(');
        String name = subject < 0 ? call : call.substring(0, subject);
        String special = specialHint(call, name, errnoName);
        if (special != null) {
            return special;
        }
        return switch (errnoName) {
            case "EBADF" -> "the descriptor is not open";
            case "EMFILE" -> "this process has no descriptor left; raise ulimit -n or close some";
            case "ENFILE" -> "the system has no descriptor left; raise /proc/sys/fs/file-max or close some";
            case "ENOMEM" -> "the kernel has no memory left for it";
            case "ENOBUFS" -> "the kernel has no room left for it now; have less in flight, or try again later";
            default -> "see " + name + "(2)";
        };
    }

    /** Returns what the number means for this call alone, or null if it means nothing special. */
    private static @Nullable String specialHint(String call, String name, String errnoName) {
        return switch (name) {
            case "epoll_ctl" -> control(errnoName);
            case "bind" -> bind(errnoName);
            case "connect" -> connect(errnoName);
            case "recv", "recvfrom", "read", "pread" -> receive(errnoName);
            case "send", "sendto", "write", "pwrite" -> send(errnoName);
            case "open" -> open(errnoName);
            case "io_uring_setup", "io_uring_register" -> ring(call, errnoName);
            case "pidfd_open" -> pidfd(errnoName);
            case "inotify_init1", "inotify_add_watch" -> inotify(errnoName);
            default -> denied(call, errnoName);
        };
    }

    private static @Nullable String control(String errnoName) {
        return switch (errnoName) {
            case "EPERM" ->
                "epoll cannot watch regular files, directories or /dev/null; use the select or poll backend, "
                        + "or read them directly";
            case "ENOENT" ->
                "the file that was registered was closed while it was registered, and its number belongs to another "
                        + "file now; unregister it, and register the new file";
            case "ENOSPC" -> "this user watches too many descriptors; raise /proc/sys/fs/epoll/max_user_watches";
            case "EINVAL" -> "the selector cannot watch descriptors of its own";
            case "ELOOP" ->
                "epoll descriptors that watch each other may neither form a circle nor nest deeper than five";
            default -> null;
        };
    }

    private static @Nullable String denied(String call, String errnoName) {
        return switch (errnoName) {
            case "EPERM", "EACCES", "ENOSYS" ->
                "the kernel or the container's filter does not allow " + call + "; use another backend";
            default -> null;
        };
    }

    private static @Nullable String bind(String errnoName) {
        return switch (errnoName) {
            case "EADDRINUSE" ->
                "the address is taken; choose another one, set SO_REUSEPORT on every socket that shares it, or, for a "
                        + "Unix socket without a listener, delete the file";
            case "EADDRNOTAVAIL" -> "no interface of this machine has that address";
            case "EACCES" ->
                "ports below 1024 take a privilege, a Unix socket the right to write to its directory; choose another "
                        + "address";
            case "ENOENT", "ENOTDIR" -> "the socket's directory does not exist; create it first";
            default -> null;
        };
    }

    private static @Nullable String connect(String errnoName) {
        return switch (errnoName) {
            case "ECONNREFUSED" -> "no one listens there";
            case "ENOENT", "ENOTDIR" -> "no such socket; the listener creates the file when it binds";
            case "EAGAIN" -> "the listener's queue is full; try again later";
            case "ETIMEDOUT" -> "no one answers there; a filter may drop what is sent";
            case "ENETUNREACH", "EHOSTUNREACH" -> "no route leads there";
            case "ECONNRESET" -> "the listener reset the connection";
            case "EACCES", "EPERM" -> "the file's permissions or a filter forbid it";
            default -> null;
        };
    }

    private static @Nullable String receive(String errnoName) {
        return switch (errnoName) {
            case "ECONNRESET" -> "the peer reset the connection, and what was not yet read is lost; close this end";
            case "ECONNREFUSED" -> "no one receives at the address that was sent to";
            case "ENOTCONN" -> "it is not connected; wait for WRITE and call finishConnect first";
            default -> null;
        };
    }

    private static @Nullable String send(String errnoName) {
        return switch (errnoName) {
            case "EPIPE", "ECONNRESET" -> "the other end is closed for reading; close this end";
            case "ECONNREFUSED" -> "no one receives at the address that was sent to";
            case "EMSGSIZE" -> "the datagram is too long; send shorter ones";
            case "ENOTCONN" -> "it is not connected; wait for WRITE and call finishConnect first";
            case "ENOSPC" -> "the disk is full";
            case "EDQUOT" -> "this user's share of the disk is full";
            case "EDESTADDRREQ" -> "it is not connected; connect it, or name the receiver";
            default -> null;
        };
    }

    private static @Nullable String open(String errnoName) {
        return switch (errnoName) {
            case "ENOENT", "ENOTDIR" -> "no such file; the option CREATE makes one in a directory that exists";
            case "EEXIST" -> "the file exists already; without the option CREATE_NEW it is opened";
            case "EACCES", "EPERM" -> "this user may not open it so";
            case "EISDIR" -> "it is a directory; those can only be opened to be read";
            case "ELOOP" -> "it is a symbolic link, or too many lead there";
            case "EROFS" -> "the file system is read-only";
            case "ETXTBSY" -> "it is a program that runs";
            default -> null;
        };
    }

    /** Whether the memory of a ring counts as locked depends on the version of the kernel. */
    private static @Nullable String ring(String call, String errnoName) {
        return switch (errnoName) {
            case "ENOMEM" ->
                "the kernel has no memory left for it, or this user may lock no more; raise ulimit -l (RLIMIT_MEMLOCK), or"
                        + " use epoll";
            default -> denied(call, errnoName);
        };
    }

    private static @Nullable String pidfd(String errnoName) {
        return switch (errnoName) {
            case "ESRCH" -> "no such process; it may have ended already";
            case "ENOSYS" -> "it takes Linux 5.3; use Process.onExit";
            case "EPERM" -> "the container's filter does not allow it; use Process.onExit";
            default -> null;
        };
    }

    private static @Nullable String inotify(String errnoName) {
        return switch (errnoName) {
            case "EMFILE" ->
                "this user has no inotify instance left, or the process no descriptor; raise "
                        + "/proc/sys/fs/inotify/max_user_instances or ulimit -n, or use one instance for many paths";
            case "ENOSPC" -> "this user watches too many files; raise /proc/sys/fs/inotify/max_user_watches";
            case "ENOENT", "ENOTDIR" -> "no such path; watch its directory to see it come";
            case "EACCES" -> "this user may not read it";
            default -> null;
        };
    }
}
