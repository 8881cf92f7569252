/*
 * Dispatches with level-triggered epoll(7): what the other loops are compared with.
 *
 * dispatch_epoll REGISTERED READY watches that many pipes, of which some are always ready, on a thread of its own. Prints
 * "ready", and answers each line "seconds S" of standard input after that time, or a multiple of it if nothing has happened,
 * with EVENTS CPU 0: the events dispatched meanwhile, the nanoseconds that the loop's thread computed, and where the Java
 * programs tell how long their compilers have worked, nothing.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

enum { MAX_EVENTS = 1024 };

struct source {
    void (*on_ready)(struct source *source, uint32_t events);
    int fd;
};

static int epfd;
static uint64_t dispatched;

static int check(const char *call, int result) {
    if (result < 0) {
        perror(call);
        exit(1);
    }
    return result;
}

static void count_event(struct source *source, uint32_t events) {
    (void)source;
    (void)events;
    __atomic_store_n(&dispatched, dispatched + 1, __ATOMIC_RELAXED);
}

static void *dispatch(void *unused) {
    (void)unused;
    static struct epoll_event events[MAX_EVENTS];
    for (;;) {
        int count = epoll_wait(epfd, events, MAX_EVENTS, -1);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        check("epoll_wait", count);
        for (int i = 0; i < count; i++) {
            struct source *source = events[i].data.ptr;
            source->on_ready(source, events[i].events);
        }
    }
    return NULL;
}

static uint64_t nanos(clockid_t clock) {
    struct timespec time;
    check("clock_gettime", clock_gettime(clock, &time));
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

int main(int argc, char **argv) {
    if (argc != 3 || atoi(argv[1]) < atoi(argv[2]) || atoi(argv[2]) < 1) {
        fprintf(stderr, "usage: dispatch_epoll REGISTERED READY, at least one ready and not more than registered\n");
        return 2;
    }
    int registered = atoi(argv[1]);
    int ready = atoi(argv[2]);
    epfd = check("epoll_create1", epoll_create1(EPOLL_CLOEXEC));
    struct source *sources = calloc((size_t)registered, sizeof *sources);
    if (sources == NULL) {
        perror("calloc");
        return 1;
    }
    for (int i = 0; i < registered; i++) {
        int ends[2];
        check("pipe2", pipe2(ends, O_NONBLOCK | O_CLOEXEC));
        if (i < ready) {
            check("write", (int)write(ends[1], "", 1));
        }
        sources[i].fd = ends[0];
        sources[i].on_ready = count_event;
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &sources[i]};
        check("epoll_ctl", epoll_ctl(epfd, EPOLL_CTL_ADD, ends[0], &event));
    }
    pthread_t loop;
    clockid_t cpu;
    if (pthread_create(&loop, NULL, dispatch, NULL) != 0 || pthread_getcpuclockid(loop, &cpu) != 0) {
        fprintf(stderr, "pthread_create: no thread for the loop\n");
        return 1;
    }
    printf("ready\n");
    fflush(stdout);

    char line[64];
    double seconds;
    while (fgets(line, sizeof line, stdin) != NULL && sscanf(line, "seconds %lf", &seconds) == 1) {
        uint64_t events = __atomic_load_n(&dispatched, __ATOMIC_RELAXED);
        uint64_t before = nanos(cpu);
        struct timespec duration = {.tv_sec = (time_t)seconds};
        duration.tv_nsec = (long)((seconds - (double)duration.tv_sec) * 1e9);
        do {
            nanosleep(&duration, NULL);
        } while (__atomic_load_n(&dispatched, __ATOMIC_RELAXED) == events);
        uint64_t computed = nanos(cpu) - before;
        printf("%" PRIu64 " %" PRIu64 " 0\n", __atomic_load_n(&dispatched, __ATOMIC_RELAXED) - events, computed);
        fflush(stdout);
    }
    return 0;
}
