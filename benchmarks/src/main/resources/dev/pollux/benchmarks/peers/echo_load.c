/*
 * Loads an echo server: each of many connections sends a message, awaits the complete echo, compares it with what it
 * sent, and sends the next.
 *
 * echo_load PORT CONNECTIONS BYTES PID connects to 127.0.0.1, prints "ready" and obeys standard input, line by line:
 *
 *   seconds S    goes on for S seconds
 *   requests N   goes on until N messages are sent
 *
 * Each run ends when every message is back, and is answered by one line, all times in nanoseconds:
 *
 *   REQUESTS ELAPSED CPU P50 P99 P99.9
 *
 * CPU is what the process PID computed in all its threads, in user and in system mode, from the first message of the run
 * to the last echo. The percentiles are of the time from sending a message to having all of its echo, to 1 %.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MAX_EVENTS = 1024, PATTERN_SHIFTS = 4096, SUB_BUCKET_BITS = 7, PATIENCE_MILLIS = 10000 };

#define SUB_BUCKETS (1 << SUB_BUCKET_BITS)

struct connection {
    int fd;
    int full; /* whether the rest of the message waits for EPOLLOUT */
    size_t sent;
    size_t received;
    const char *message;
    uint64_t number; /* of the message, over the life of the connection */
    uint64_t started;
};

static int epfd;
static int connections;
static size_t size;
static struct connection *all;
static char *pattern; /* a message is a piece of this, another one each time */
static char *buffer;  /* one byte longer than a message, so that a surplus shows */

static uint64_t deadline;
static uint64_t unsent;
static uint64_t done;
static int under_way;
static uint64_t histogram[64 * SUB_BUCKETS];

static int check(const char *call, int result) {
    if (result < 0) {
        fprintf(stderr, "echo_load: %s: %s\n", call, strerror(errno));
        exit(1);
    }
    return result;
}

static void *allocate(size_t count, size_t bytes) {
    void *memory = calloc(count, bytes);
    if (memory == NULL) {
        fprintf(stderr, "echo_load: no memory for %zu times %zu bytes\n", count, bytes);
        exit(1);
    }
    return memory;
}

static uint64_t nanos(clockid_t clock) {
    struct timespec time;
    check("clock_gettime", clock_gettime(clock, &time));
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

/* Small values have a bucket each; above, each power of two is divided into SUB_BUCKETS. */
static void count_latency(uint64_t value) {
    int shift = value < SUB_BUCKETS ? 0 : 63 - __builtin_clzll(value) - SUB_BUCKET_BITS;
    histogram[(uint64_t)shift * SUB_BUCKETS + (value >> shift)]++;
}

static uint64_t percentile(double part) {
    uint64_t wanted = (uint64_t)(part * (double)done);
    uint64_t seen = 0;
    for (uint64_t i = 0; i < sizeof histogram / sizeof *histogram; i++) {
        seen += histogram[i];
        if (seen > wanted) {
            uint64_t shift = i < 2 * SUB_BUCKETS ? 0 : i / SUB_BUCKETS - 1;
            return (i - shift * SUB_BUCKETS) << shift;
        }
    }
    return 0;
}

static void watch(int operation, struct connection *connection, uint32_t events) {
    struct epoll_event event = {.events = events, .data.ptr = connection};
    check("epoll_ctl", epoll_ctl(epfd, operation, connection->fd, &event));
}

static void send_some(struct connection *connection) {
    ssize_t sent = write(connection->fd, connection->message + connection->sent, size - connection->sent);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) {
        check("write", -1);
    }
    connection->sent += sent < 0 ? 0 : (size_t)sent;
    int full = connection->sent < size;
    if (full != connection->full) {
        connection->full = full;
        watch(EPOLL_CTL_MOD, connection, full ? EPOLLIN | EPOLLOUT : EPOLLIN);
    }
}

static void begin(struct connection *connection, uint64_t now) {
    if (unsent == 0 || now >= deadline) {
        return;
    }
    unsent--;
    under_way++;
    uint64_t index = (uint64_t)(connection - all);
    connection->message = pattern + (index * 31 + connection->number++) % PATTERN_SHIFTS;
    connection->sent = 0;
    connection->received = 0;
    connection->started = now;
    send_some(connection);
}

static void receive(struct connection *connection) {
    ssize_t count = read(connection->fd, buffer, size + 1);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) {
        return;
    }
    check("read", (int)count);
    long index = connection - all;
    if (count == 0) {
        fprintf(stderr, "echo_load: the server closed connection %ld\n", index);
        exit(1);
    }
    if (connection->received + (size_t)count > connection->sent) {
        fprintf(stderr, "echo_load: connection %ld got more bytes than it sent\n", index);
        exit(1);
    }
    if (memcmp(buffer, connection->message + connection->received, (size_t)count) != 0) {
        fprintf(stderr, "echo_load: connection %ld got other bytes than it sent\n", index);
        exit(1);
    }
    connection->received += (size_t)count;
    if (connection->received == size) {
        uint64_t now = nanos(CLOCK_MONOTONIC);
        count_latency(now - connection->started);
        done++;
        under_way--;
        begin(connection, now);
    }
}

static void run(clockid_t server, double seconds, uint64_t requests) {
    static struct epoll_event events[MAX_EVENTS];
    memset(histogram, 0, sizeof histogram);
    done = 0;
    unsent = requests;
    uint64_t cpu = nanos(server);
    uint64_t start = nanos(CLOCK_MONOTONIC);
    deadline = start + (uint64_t)(seconds * 1e9);
    for (int i = 0; i < connections; i++) {
        begin(&all[i], nanos(CLOCK_MONOTONIC));
    }
    while (under_way > 0) {
        int count = epoll_wait(epfd, events, MAX_EVENTS, PATIENCE_MILLIS);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        check("epoll_wait", count);
        if (count == 0) {
            fprintf(stderr, "echo_load: nothing came back for %d ms on %d connections\n", PATIENCE_MILLIS, under_way);
            exit(1);
        }
        for (int i = 0; i < count; i++) {
            struct connection *connection = events[i].data.ptr;
            if (events[i].events & EPOLLOUT) {
                send_some(connection);
            }
            if (events[i].events & ~(uint32_t)EPOLLOUT) {
                receive(connection);
            }
        }
    }
    uint64_t elapsed = nanos(CLOCK_MONOTONIC) - start;
    cpu = nanos(server) - cpu;
    printf("%" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", done, elapsed, cpu,
           percentile(0.5), percentile(0.99), percentile(0.999));
    fflush(stdout);
}

static void connect_all(uint16_t port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (int i = 0; i < connections; i++) {
        int fd = check("socket", socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        check("connect", connect(fd, (struct sockaddr *)&address, sizeof address));
        int on = 1;
        check("setsockopt", setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on));
        check("fcntl", fcntl(fd, F_SETFL, O_NONBLOCK));
        all[i].fd = fd;
        watch(EPOLL_CTL_ADD, &all[i], EPOLLIN);
    }
}

int main(int argc, char **argv) {
    if (argc != 5 || atoi(argv[2]) < 1 || atol(argv[3]) < 1) {
        fprintf(stderr, "usage: echo_load PORT CONNECTIONS BYTES PID\n");
        return 2;
    }
    connections = atoi(argv[2]);
    size = (size_t)atol(argv[3]);
    clockid_t server;
    int refusal = clock_getcpuclockid((pid_t)atol(argv[4]), &server);
    if (refusal != 0) {
        fprintf(stderr, "echo_load: clock_getcpuclockid(%s): %s\n", argv[4], strerror(refusal));
        return 1;
    }
    signal(SIGPIPE, SIG_IGN);
    all = allocate((size_t)connections, sizeof *all);
    buffer = allocate(size + 1, 1);
    pattern = allocate(size + PATTERN_SHIFTS, 1);
    uint32_t random = 2463534242u;
    for (size_t i = 0; i < size + PATTERN_SHIFTS; i++) {
        random ^= random << 13;
        random ^= random >> 17;
        random ^= random << 5;
        pattern[i] = (char)random;
    }
    epfd = check("epoll_create1", epoll_create1(EPOLL_CLOEXEC));
    connect_all((uint16_t)atoi(argv[1]));
    printf("ready\n");
    fflush(stdout);

    char line[64];
    while (fgets(line, sizeof line, stdin) != NULL) {
        double seconds;
        uint64_t requests;
        if (sscanf(line, "seconds %lf", &seconds) == 1) {
            run(server, seconds, UINT64_MAX);
        } else if (sscanf(line, "requests %" SCNu64, &requests) == 1) {
            run(server, 1e9, requests);
        } else {
            fprintf(stderr, "echo_load: \"seconds S\" or \"requests N\" was expected, not: %s", line);
            return 2;
        }
    }
    return 0;
}
