package dev.pollux.ffm.internal;

import dev.pollux.NativeIOException;
import dev.pollux.ffm.sys.Errno;

/** Turns the kernel's refusals into exceptions that say what the number means here and what the way out is. */
public final class Refusals {

    private Refusals() {}

    /**
     * Returns {@code result} unless it is negative.
     *
     * @param call as {@link NativeIOException#call()}
     * @param fd the descriptor it was about, or −1
     * @throws NativeIOException if the call was refused
     */
    public static int check(String call, int fd, int result) throws NativeIOException {
        if (result < 0) {
            throw of(call, fd, -result);
        }
        return result;
    }

    public static NativeIOException of(String call, int fd, int errno) {
        return of(call, fd, errno, hint(call, Errno.name(errno)));
    }

    /** Returns a refusal of which the caller knows more than its number tells. */
    static NativeIOException of(String call, int fd, int errno, String hint) {
        return new NativeIOException(call, fd, errno, Errno.name(errno), hint);
    }

    private static String hint(String call, String errnoName) {
        String ofFile = FileHints.of(call, errnoName);
        if (ofFile != null) {
            return ofFile;
        }
        return switch (errnoName) {
            case "EBADF" -> "the descriptor is not open";
            case "EMFILE" -> "this process has no descriptor left; raise ulimit -n or close some";
            case "ENFILE" -> "the system has no descriptor left; raise /proc/sys/fs/file-max or close some";
            case "ENOMEM" -> "the kernel has no memory left for it";
            default -> call.startsWith("epoll_ctl") ? controlHint(errnoName) : otherHint(call, errnoName);
        };
    }

    private static String controlHint(String errnoName) {
        return switch (errnoName) {
            case "EPERM" ->
                "epoll cannot watch regular files, directories or /dev/null; use the select or poll backend, "
                        + "or read them directly";
            case "ENOENT" -> "the descriptor was closed and its number reused; unregister and register again";
            case "ENOSPC" -> "this user watches too many descriptors; raise /proc/sys/fs/epoll/max_user_watches";
            case "EINVAL" -> "the selector cannot watch descriptors of its own";
            case "ELOOP" ->
                "epoll descriptors that watch each other may neither form a circle nor nest deeper than five";
            default -> "see epoll_ctl(2)";
        };
    }

    private static String otherHint(String call, String errnoName) {
        return switch (errnoName) {
            case "EPERM", "EACCES", "ENOSYS" ->
                "the kernel or the container's filter does not allow " + call + "; use another backend";
            default -> "see " + call + "(2)";
        };
    }
}
