/*
 * Echoes over TCP with completions of io_uring(7), by bare system calls: one accept and one receive per connection stay
 * and complete again and again, into buffers that the kernel takes from a ring, and what is sent goes out from there.
 *
 * A peer that does not read holds buffers that the others lack then; a server for strangers would limit that.
 *
 * echo_io_uring PORT obeys what is said in echo_epoll.c. Needs Linux 6.0.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/io_uring.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    BACKLOG = 1024,
    BUFFER_BYTES = 16 * 1024,
    STRIDE = BUFFER_BYTES + 64, /* the beginnings of two buffers do not share a set of the processor's caches */
    BUFFERS = 1024,
    ENTRIES = 1024,
    COMPLETIONS = 32 * 1024,
    GROUP = 0
};

/* What a completion is of: the two low bits of its user data, beside the address of the connection. */
enum { ACCEPT, RECEIVE, SEND };

enum { NONE = -1 };

struct connection {
    int fd;
    int sending; /* the buffer that goes out at present, or NONE; those after it wait, linked by next_buffer */
    int last;
    int receives; /* whether the receive is under way */
    int ended;    /* whether the peer has ended */
    struct connection *next_starved;
};

static int listener;
static int ring_fd;
static int sqe_waiting; /* submissions that the kernel has not been told of */

static struct io_uring_sqe *sqes;
static unsigned *sq_tail, *sq_head, *cq_head, *cq_tail;
static unsigned sq_mask, cq_mask, sq_local_tail;
static struct io_uring_cqe *cqes;

static struct io_uring_buf_ring *offered;
static unsigned short offered_tail;
static char *memory;
static int next_buffer[BUFFERS];
static int bytes_in[BUFFERS];
static int bytes_out[BUFFERS];
static int returned; /* buffers since the starved ones were looked at */
static struct connection *starved;

static int check(const char *call, long result) {
    if (result < 0) {
        perror(call);
        exit(1);
    }
    return (int)result;
}

static void *check_memory(const char *call, void *memory) {
    if (memory == NULL || memory == MAP_FAILED) {
        perror(call);
        exit(1);
    }
    return memory;
}

static void enter(unsigned wait_for) {
    __atomic_store_n(sq_tail, sq_local_tail, __ATOMIC_RELEASE);
    long taken = syscall(SYS_io_uring_enter, ring_fd, sqe_waiting, wait_for,
                         IORING_ENTER_REGISTERED_RING | IORING_ENTER_GETEVENTS, NULL, 0);
    if (taken < 0 && errno != EINTR && errno != EBUSY) {
        check("io_uring_enter", -1);
    }
    sqe_waiting -= taken < 0 ? 0 : (int)taken;
}

static struct io_uring_sqe *submission(int opcode, int fd, struct connection *connection, int kind) {
    while (sq_local_tail - __atomic_load_n(sq_head, __ATOMIC_ACQUIRE) > sq_mask) {
        enter(0);
    }
    struct io_uring_sqe *sqe = &sqes[sq_local_tail++ & sq_mask];
    memset(sqe, 0, sizeof *sqe);
    sqe->opcode = (uint8_t)opcode;
    sqe->fd = fd;
    sqe->user_data = (uintptr_t)connection | (uintptr_t)kind;
    sqe_waiting++;
    return sqe;
}

static char *buffer_at(int number) { return memory + (size_t)number * STRIDE; }

/* Gives a buffer to the kernel. */
static void offer(int number) {
    struct io_uring_buf *entry = &offered->bufs[offered_tail++ & (BUFFERS - 1)];
    entry->addr = (uintptr_t)buffer_at(number);
    entry->len = BUFFER_BYTES;
    entry->bid = (uint16_t)number;
    returned++;
}

static void begin_accept(void) {
    struct io_uring_sqe *sqe = submission(IORING_OP_ACCEPT, listener, NULL, ACCEPT);
    sqe->ioprio = IORING_ACCEPT_MULTISHOT;
    sqe->accept_flags = SOCK_CLOEXEC;
}

static void begin_receive(struct connection *connection) {
    struct io_uring_sqe *sqe = submission(IORING_OP_RECV, connection->fd, connection, RECEIVE);
    sqe->ioprio = IORING_RECV_MULTISHOT;
    sqe->flags = IOSQE_BUFFER_SELECT;
    sqe->buf_group = GROUP;
    connection->receives = 1;
}

static void begin_send(struct connection *connection) {
    int number = connection->sending;
    struct io_uring_sqe *sqe = submission(IORING_OP_SEND, connection->fd, connection, SEND);
    sqe->addr = (uintptr_t)(buffer_at(number) + bytes_out[number]);
    sqe->len = (uint32_t)(bytes_in[number] - bytes_out[number]);
    sqe->msg_flags = MSG_NOSIGNAL | MSG_WAITALL;
}

static void end_if_due(struct connection *connection) {
    if (connection->ended && !connection->receives && connection->sending == NONE) {
        close(connection->fd);
        free(connection);
    }
}

static void accepted(int fd, unsigned flags) {
    check("accept", fd < 0 ? (errno = -fd, -1) : 0);
    int on = 1;
    check("setsockopt", setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on));
    struct connection *connection = check_memory("calloc", calloc(1, sizeof *connection));
    connection->fd = fd;
    connection->sending = NONE;
    begin_receive(connection);
    if (!(flags & IORING_CQE_F_MORE)) {
        begin_accept();
    }
}

static void received(struct connection *connection, int result, unsigned flags) {
    connection->receives = (flags & IORING_CQE_F_MORE) != 0;
    if (result == -ENOBUFS) {
        connection->next_starved = starved;
        starved = connection;
        return;
    }
    check("recv", result < 0 ? (errno = -result, -1) : 0);
    if (result == 0) {
        connection->ended = 1;
        end_if_due(connection);
        return;
    }
    int number = (int)(flags >> IORING_CQE_BUFFER_SHIFT);
    bytes_in[number] = result;
    bytes_out[number] = 0;
    next_buffer[number] = NONE;
    if (connection->sending == NONE) {
        connection->sending = number;
        begin_send(connection);
    } else {
        next_buffer[connection->last] = number;
    }
    connection->last = number;
    if (!connection->receives) {
        begin_receive(connection);
    }
}

static void sent(struct connection *connection, int result) {
    check("send", result < 0 ? (errno = -result, -1) : 0);
    int number = connection->sending;
    bytes_out[number] += result;
    if (bytes_out[number] == bytes_in[number]) {
        connection->sending = next_buffer[number];
        offer(number);
    }
    if (connection->sending != NONE) {
        begin_send(connection);
    } else {
        end_if_due(connection);
    }
}

/* Those that found no buffer receive again once there are some. */
static void feed(void) {
    while (starved != NULL && returned > 0) {
        struct connection *connection = starved;
        starved = connection->next_starved;
        returned--;
        begin_receive(connection);
    }
    returned = 0;
}

static void open_ring(void) {
    struct io_uring_params params = {
        .flags = IORING_SETUP_CQSIZE | IORING_SETUP_SUBMIT_ALL | IORING_SETUP_COOP_TASKRUN | IORING_SETUP_SINGLE_ISSUER,
        .cq_entries = COMPLETIONS,
    };
    int fd = check("io_uring_setup", syscall(SYS_io_uring_setup, ENTRIES, &params));
    size_t sq_bytes = params.sq_off.array + params.sq_entries * sizeof(unsigned);
    size_t cq_bytes = params.cq_off.cqes + params.cq_entries * sizeof(struct io_uring_cqe);
    int protection = PROT_READ | PROT_WRITE;
    char *queues = check_memory("mmap", mmap(NULL, sq_bytes > cq_bytes ? sq_bytes : cq_bytes, protection,
                                             MAP_SHARED | MAP_POPULATE, fd, IORING_OFF_SQ_RING));
    sqes = check_memory("mmap", mmap(NULL, params.sq_entries * sizeof *sqes, protection, MAP_SHARED | MAP_POPULATE, fd,
                                     IORING_OFF_SQES));
    sq_head = (unsigned *)(queues + params.sq_off.head);
    sq_tail = (unsigned *)(queues + params.sq_off.tail);
    sq_mask = *(unsigned *)(queues + params.sq_off.ring_mask);
    cq_head = (unsigned *)(queues + params.cq_off.head);
    cq_tail = (unsigned *)(queues + params.cq_off.tail);
    cq_mask = *(unsigned *)(queues + params.cq_off.ring_mask);
    cqes = (struct io_uring_cqe *)(queues + params.cq_off.cqes);
    unsigned *array = (unsigned *)(queues + params.sq_off.array);
    for (unsigned i = 0; i <= sq_mask; i++) {
        array[i] = i;
    }

    offered = check_memory("mmap", mmap(NULL, BUFFERS * sizeof(struct io_uring_buf), protection,
                                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    memory = check_memory("malloc", malloc((size_t)BUFFERS * STRIDE));
    struct io_uring_buf_reg buffers = {
        .ring_addr = (uintptr_t)offered, .ring_entries = BUFFERS, .bgid = GROUP};
    check("io_uring_register", syscall(SYS_io_uring_register, fd, IORING_REGISTER_PBUF_RING, &buffers, 1));
    for (int i = 0; i < BUFFERS; i++) {
        offer(i);
    }
    struct io_uring_rsrc_update update = {.offset = -1U, .data = (unsigned)fd};
    check("io_uring_register", syscall(SYS_io_uring_register, fd, IORING_REGISTER_RING_FDS, &update, 1));
    ring_fd = (int)update.offset;
}

static void *serve(void *unused) {
    (void)unused;
    open_ring();
    begin_accept();
    for (;;) {
        feed();
        __atomic_store_n(&offered->tail, offered_tail, __ATOMIC_RELEASE);
        enter(1);
        unsigned head = *cq_head;
        unsigned tail = __atomic_load_n(cq_tail, __ATOMIC_ACQUIRE);
        for (; head != tail; head++) {
            struct io_uring_cqe *cqe = &cqes[head & cq_mask];
            uintptr_t data = (uintptr_t)cqe->user_data;
            struct connection *connection = (struct connection *)(data & ~(uintptr_t)3);
            switch (data & 3) {
            case ACCEPT:
                accepted(cqe->res, cqe->flags);
                break;
            case RECEIVE:
                received(connection, cqe->res, cqe->flags);
                break;
            default:
                sent(connection, cqe->res);
            }
        }
        __atomic_store_n(cq_head, head, __ATOMIC_RELEASE);
    }
    return NULL;
}

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: echo_io_uring PORT\n");
        return 2;
    }
    listener = check("socket", socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    int on = 1;
    check("setsockopt", setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on));
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[1]))};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    check("bind", bind(listener, (struct sockaddr *)&address, length));
    check("listen", listen(listener, BACKLOG));
    check("getsockname", getsockname(listener, (struct sockaddr *)&address, &length));

    pthread_t loop;
    if (pthread_create(&loop, NULL, serve, NULL) != 0) {
        fprintf(stderr, "pthread_create: no thread for the loop\n");
        return 1;
    }
    pthread_setname_np(loop, "bench-loop");
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);

    /* As in echo_epoll.c. */
    char line[64];
    while (fgets(line, sizeof line, stdin) != NULL) {
        printf("-1 0\n");
        fflush(stdout);
    }
    return 0;
}
