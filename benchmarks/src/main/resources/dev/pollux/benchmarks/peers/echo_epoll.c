/*
 * Echoes over TCP with level-triggered epoll(7): what the other servers are compared with.
 *
 * echo_epoll PORT listens at 127.0.0.1, prints the port, and serves until its standard input ends. The loop has a thread
 * of its own beside the one that reads standard input: the kernel charges a process with two threads more per system
 * call than one with a single thread, and a Java program always has several.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 1024, BUFFER_BYTES = 16 * 1024, MAX_EVENTS = 1024 };

struct connection {
    int fd;
    char *rest; /* what the peer has not taken yet; NULL while it takes everything */
    size_t rest_at;
    size_t rest_end;
};

static int epfd;
static struct connection listener;
static char buffer[BUFFER_BYTES];

static int check(const char *call, int result) {
    if (result < 0) {
        perror(call);
        exit(1);
    }
    return result;
}

static void watch(int operation, struct connection *connection, uint32_t events) {
    struct epoll_event event = {.events = events, .data.ptr = connection};
    check("epoll_ctl", epoll_ctl(epfd, operation, connection->fd, &event));
}

static void *allocate(size_t bytes) {
    void *memory = calloc(1, bytes);
    if (memory == NULL) {
        perror("calloc");
        exit(1);
    }
    return memory;
}

static void accept_all(void) {
    for (;;) {
        int fd = accept4(listener.fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0 && (errno == EAGAIN || errno == EINTR)) {
            return;
        }
        check("accept4", fd);
        int on = 1;
        check("setsockopt", setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on));
        struct connection *connection = allocate(sizeof *connection);
        connection->fd = fd;
        watch(EPOLL_CTL_ADD, connection, EPOLLIN);
    }
}

/* Returns how many bytes the peer takes now. */
static size_t send_some(int fd, const char *bytes, size_t count) {
    ssize_t sent = write(fd, bytes, count);
    if (sent < 0 && (errno == EAGAIN || errno == EINTR)) {
        return 0;
    }
    return (size_t)check("write", (int)sent);
}

static void send_rest(struct connection *connection) {
    connection->rest_at +=
        send_some(connection->fd, connection->rest + connection->rest_at, connection->rest_end - connection->rest_at);
    if (connection->rest_at == connection->rest_end) {
        free(connection->rest);
        connection->rest = NULL;
        watch(EPOLL_CTL_MOD, connection, EPOLLIN);
    }
}

static void echo(struct connection *connection) {
    ssize_t count = read(connection->fd, buffer, sizeof buffer);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) {
        return;
    }
    check("read", (int)count);
    if (count == 0) {
        close(connection->fd);
        free(connection);
        return;
    }
    size_t sent = send_some(connection->fd, buffer, (size_t)count);
    if (sent < (size_t)count) {
        connection->rest_at = 0;
        connection->rest_end = (size_t)count - sent;
        connection->rest = allocate(connection->rest_end);
        memcpy(connection->rest, buffer + sent, connection->rest_end);
        watch(EPOLL_CTL_MOD, connection, EPOLLOUT);
    }
}

static void *serve(void *unused) {
    (void)unused;
    static struct epoll_event events[MAX_EVENTS];
    for (;;) {
        int count = epoll_wait(epfd, events, MAX_EVENTS, -1);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        check("epoll_wait", count);
        for (int i = 0; i < count; i++) {
            struct connection *connection = events[i].data.ptr;
            if (connection == &listener) {
                accept_all();
            } else if (connection->rest != NULL) {
                send_rest(connection);
            } else {
                echo(connection);
            }
        }
    }
    return NULL;
}

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: echo_epoll PORT\n");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    listener.fd = check("socket", socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    int on = 1;
    check("setsockopt", setsockopt(listener.fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on));
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[1]))};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    check("bind", bind(listener.fd, (struct sockaddr *)&address, length));
    check("listen", listen(listener.fd, BACKLOG));
    check("getsockname", getsockname(listener.fd, (struct sockaddr *)&address, &length));
    epfd = check("epoll_create1", epoll_create1(EPOLL_CLOEXEC));
    watch(EPOLL_CTL_ADD, &listener, EPOLLIN);

    pthread_t loop;
    if (pthread_create(&loop, NULL, serve, NULL) != 0) {
        fprintf(stderr, "pthread_create: no thread for the loop\n");
        return 1;
    }
    pthread_setname_np(loop, "bench-loop");
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);

    /* The others tell what they have allocated, which is not known here, and how long their compilers have worked. */
    char line[64];
    while (fgets(line, sizeof line, stdin) != NULL) {
        printf("-1 0\n");
        fflush(stdout);
    }
    return 0;
}
