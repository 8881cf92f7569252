package dev.pollux.ffm.sys;

import java.lang.foreign.Arena;

/** open(2), with the constants of Linux. */
public final class Open {

    // int open(const char *pathname, int flags, ... /* mode_t mode */ );
    private static final CFunction OPEN = CFunction.of("open");

    public static final int O_RDONLY = 0; // asm-generic/fcntl.h
    public static final int O_WRONLY = 1;
    public static final int O_RDWR = 2;
    public static final int O_CREAT = 0x40;
    public static final int O_EXCL = 0x80;
    public static final int O_TRUNC = 0x200;
    public static final int O_DSYNC = 0x1000;
    public static final int O_SYNC = 0x101000;
    public static final int O_CLOEXEC = 0x80000;
    public static final int O_NOFOLLOW = Abi.AARCH64 ? 0x8000 : 0x20000; // asm/fcntl.h of AArch64

    /** Readable and writable for all whom the process's mask allows, umask(2). */
    public static final int MODE_OF_FILES = 0666;

    private Open() {}

    /** Opens a file. May block. */
    public static int open(String path, int flags, int mode, Errno errno) {
        try (Arena arena = Arena.ofConfined()) {
            return OPEN.call(errno, arena.allocateFrom(path, FileNames.CHARSET).address(), flags, mode);
        }
    }
}
