/*
 * What the C programs have in common that are measured turn by turn: a second thread does turns while it is asked to, and
 * rests otherwise.
 *
 * A program includes this file, defines load() and turn(), and calls serve() from main. serve() prints "ready" and obeys
 * standard input, line by line:
 *
 *   load A B   has load(A, B) called while the thread rests, and answers "ok"
 *   run S      has the thread do turns for S seconds, and answers COUNT CPU -1 0 -1: how far `counted` went up, and the
 *              nanoseconds that the thread computed. Where the Java programs say what they have allocated, how long their
 *              compilers have worked, and how often they called write(2), there is nothing to say here.
 *
 * The thread that does turns is not the only one, because the kernel charges a process with several threads more per system
 * call than one with a single thread, and a JVM always has several.
 */
#ifndef METERED_H
#define METERED_H

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

static void load(int a, int b);
static void turn(void);

static uint64_t counted;

static pthread_mutex_t gate_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t gate_changed = PTHREAD_COND_INITIALIZER;
static int gate_open;
static int gate_held;

static int check(const char *call, int result) {
    if (result < 0) {
        perror(call);
        exit(1);
    }
    return result;
}

/* Returns a new descriptor that is never readable, but for set_ready, and always writable. */
static int open_source(void) {
    return check("eventfd", eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
}

static uint64_t nanos(clockid_t clock) {
    struct timespec time;
    check("clock_gettime", clock_gettime(clock, &time));
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static void *turn_and_rest(void *unused) {
    (void)unused;
    for (;;) {
        pthread_mutex_lock(&gate_lock);
        gate_held = 1;
        pthread_cond_broadcast(&gate_changed);
        while (!gate_open) {
            pthread_cond_wait(&gate_changed, &gate_lock);
        }
        gate_held = 0;
        pthread_cond_broadcast(&gate_changed);
        pthread_mutex_unlock(&gate_lock);
        do {
            turn();
        } while (__atomic_load_n(&gate_open, __ATOMIC_RELAXED));
    }
    return NULL;
}

static void set_gate(int open) {
    pthread_mutex_lock(&gate_lock);
    __atomic_store_n(&gate_open, open, __ATOMIC_RELAXED);
    pthread_cond_broadcast(&gate_changed);
    while (gate_held == open) {
        pthread_cond_wait(&gate_changed, &gate_lock);
    }
    pthread_mutex_unlock(&gate_lock);
}

static void run_for(double seconds, clockid_t cpu) {
    uint64_t count = counted;
    uint64_t computed = nanos(cpu);
    struct timespec duration = {.tv_sec = (time_t)seconds};
    duration.tv_nsec = (long)((seconds - (double)duration.tv_sec) * 1e9);
    set_gate(1);
    nanosleep(&duration, NULL);
    set_gate(0);
    printf("%" PRIu64 " %" PRIu64 " -1 0 -1\n", counted - count, nanos(cpu) - computed);
}

static int serve(void) {
    pthread_t loop;
    clockid_t cpu;
    if (pthread_create(&loop, NULL, turn_and_rest, NULL) != 0 || pthread_getcpuclockid(loop, &cpu) != 0) {
        fprintf(stderr, "pthread_create: no thread for the turns\n");
        return 1;
    }
    pthread_setname_np(loop, "bench-loop");
    set_gate(0);
    printf("ready\n");
    fflush(stdout);

    char line[64];
    while (fgets(line, sizeof line, stdin) != NULL) {
        int a;
        int b;
        double seconds;
        if (sscanf(line, "load %d %d", &a, &b) == 2) {
            load(a, b);
            printf("ok\n");
        } else if (sscanf(line, "run %lf", &seconds) == 1) {
            run_for(seconds, cpu);
        } else {
            fprintf(stderr, "\"load A B\" or \"run S\" was expected, not: %s", line);
            return 2;
        }
        fflush(stdout);
    }
    return 0;
}

#endif
