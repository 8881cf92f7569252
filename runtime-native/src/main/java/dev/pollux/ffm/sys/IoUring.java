package dev.pollux.ffm.sys;

import java.lang.foreign.MemorySegment;

/**
 * io_uring(7): the three calls, by number, because no C library has them, and the constants of linux/io_uring.h. Offsets
 * in the structures are the same on every processor; byte order is the machine's.
 */
public final class IoUring {

    // int io_uring_setup(u32 entries, struct io_uring_params *params);
    private static final Syscall SETUP = Syscall.of("io_uring_setup", 425, 425);

    // int io_uring_enter2(u32 fd, u32 to_submit, u32 min_complete, u32 flags, const void *arg, size_t size);
    private static final Syscall ENTER = Syscall.of("io_uring_enter", 426, 426);

    // int io_uring_register(u32 fd, u32 opcode, void *arg, u32 nr_args);
    private static final Syscall REGISTER = Syscall.of("io_uring_register", 427, 427);

    public static final int SETUP_CQSIZE = 1 << 3; // linux/io_uring.h, IORING_…
    public static final int SETUP_CLAMP = 1 << 4;
    public static final int SETUP_SUBMIT_ALL = 1 << 7;
    public static final int SETUP_COOP_TASKRUN = 1 << 8;

    public static final int FEAT_SINGLE_MMAP = 1;
    public static final int FEAT_NODROP = 1 << 1;
    public static final int FEAT_EXT_ARG = 1 << 8;

    public static final int ENTER_GETEVENTS = 1;
    public static final int ENTER_EXT_ARG = 1 << 3;

    public static final int SQ_CQ_OVERFLOW = 1 << 1;

    public static final long OFF_SQ_RING = 0;
    public static final long OFF_SQES = 0x10000000L;

    public static final int REGISTER_PROBE = 8;
    public static final int REGISTER_PBUF_RING = 22;

    public static final int OP_FSYNC = 3;
    public static final int OP_POLL_ADD = 6;
    public static final int OP_POLL_REMOVE = 7;
    public static final int OP_ACCEPT = 13;
    public static final int OP_ASYNC_CANCEL = 14;
    public static final int OP_READ = 22;
    public static final int OP_WRITE = 23;
    public static final int OP_SEND = 26;
    public static final int OP_RECV = 27;

    /** The newest operation of Linux 5.19, by which a probe knows that version: what is needed came with it at the latest. */
    public static final int OP_SOCKET = 45;

    /** The newest operation of Linux 6.0, with which came receiving more than once. */
    public static final int OP_SEND_ZC = 47;

    public static final int POLL_ADD_MULTI = 1;
    public static final int FSYNC_DATASYNC = 1;

    // Of the field ioprio.
    public static final int ACCEPT_MULTISHOT = 1;
    public static final int RECV_MULTISHOT = 1 << 1;

    public static final int ASYNC_CANCEL_ALL = 1;
    public static final int ASYNC_CANCEL_ANY = 1 << 2;

    public static final int SQE_BUFFER_SELECT = 1 << 5;
    public static final int SQE_CQE_SKIP_SUCCESS = 1 << 6;

    public static final int CQE_F_BUFFER = 1;
    public static final int CQE_F_MORE = 1 << 1;
    public static final int CQE_BUFFER_SHIFT = 16;

    /** {@code struct io_uring_params}. */
    public static final class Params {

        public static final long BYTES = 120;
        public static final long SQ_ENTRIES = 0;
        public static final long CQ_ENTRIES = 4;
        public static final long FLAGS = 8;
        public static final long FEATURES = 20;
        public static final long SQ_HEAD = 40; // struct io_sqring_offsets
        public static final long SQ_TAIL = 44;
        public static final long SQ_RING_MASK = 48;
        public static final long SQ_FLAGS = 56;
        public static final long SQ_ARRAY = 64;
        public static final long CQ_HEAD = 80; // struct io_cqring_offsets
        public static final long CQ_TAIL = 84;
        public static final long CQ_RING_MASK = 88;
        public static final long CQ_CQES = 100;

        private Params() {}
    }

    /** {@code struct io_uring_sqe}. */
    public static final class Sqe {

        public static final long BYTES = 64;
        public static final long OPCODE = 0;
        public static final long FLAGS = 1;
        public static final long IOPRIO = 2;
        public static final long FD = 4;
        public static final long OFF = 8;
        public static final long ADDR = 16;
        public static final long LEN = 24;
        public static final long OP_FLAGS = 28; // poll32_events, cancel_flags, msg_flags, accept_flags, fsync_flags
        public static final long USER_DATA = 32;

        private Sqe() {}
    }

    /** {@code struct io_uring_cqe}. */
    public static final class Cqe {

        public static final long BYTES = 16;
        public static final long USER_DATA = 0;
        public static final long RES = 8;
        public static final long FLAGS = 12;

        private Cqe() {}
    }

    /** {@code struct io_uring_getevents_arg}. */
    public static final class GetEvents {

        public static final long BYTES = 24;
        public static final long TIMEOUT = 16;

        private GetEvents() {}
    }

    public static final long NO_ARGUMENT = 0;

    /** {@code struct io_uring_probe}, followed by an {@code io_uring_probe_op} of 8 bytes for each operation. */
    public static final class Probe {

        public static final int MOST_OPS = 256;
        public static final long BYTES = 16 + 8L * MOST_OPS;
        public static final long LAST_OP = 0;

        private Probe() {}
    }

    /** {@code struct io_uring_buf_reg}. */
    public static final class BufReg {

        public static final long BYTES = 40;
        public static final long RING_ADDR = 0;
        public static final long RING_ENTRIES = 8;

        private BufReg() {}
    }

    /** {@code struct io_uring_buf}, of which a {@code struct io_uring_buf_ring} is an array; the tail is in the first one. */
    public static final class Buf {

        public static final long BYTES = 16;
        public static final long ADDR = 0;
        public static final long LEN = 8;
        public static final long BID = 12;
        public static final long TAIL = 14;

        private Buf() {}
    }

    private IoUring() {}

    public static int setup(int entries, MemorySegment params, Errno errno) {
        return SETUP.call(errno, entries, params.address(), 0, 0, 0, 0);
    }

    /** Submits, without a wait. Returns the number of entries submitted. */
    public static int submit(int fd, int submit, int flags, Errno errno) {
        return ENTER.call(errno, fd, submit, 0, flags, 0, 0);
    }

    /** Submits and waits. Returns the number of entries submitted; −1 if it fails. */
    public static int enter(int fd, int submit, int minComplete, int flags, long argument, long size) {
        return (int) ENTER.call(fd, submit, minComplete, flags, argument, size);
    }

    public static int register(int fd, int opcode, MemorySegment argument, int count, Errno errno) {
        return REGISTER.call(errno, fd, opcode, argument.address(), count, 0, 0);
    }
}
