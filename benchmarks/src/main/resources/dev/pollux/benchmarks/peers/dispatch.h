/*
 * What the C programs have in common that dispatch events: sources that are descriptors of their own, some of them always
 * ready, each with a function that is called when it is. A program defines watch().
 */
#ifndef DISPATCH_H
#define DISPATCH_H

#define _GNU_SOURCE
#include "metered.h"

enum { MAX_SOURCES = 65536 };

struct source {
    void (*on_ready)(struct source *source, unsigned events);
    int fd;
    int ready;
};

static struct source sources[MAX_SOURCES];
static int registered;

/* Has sources[index], which is the next one, watched for reading. */
static void watch(int index);

static void count_event(struct source *source, unsigned events) {
    (void)source;
    (void)events;
    counted++;
}

/* Makes the descriptor readable, or not. */
static void set_ready(int fd, int ready) {
    uint64_t value = 1;
    ssize_t done = ready ? write(fd, &value, sizeof value) : read(fd, &value, sizeof value);
    check(ready ? "write" : "read", (int)done);
}

/* Watches up to `all` sources, and never fewer than before; `some` of them, spread evenly, are ready. */
static void load(int all, int some) {
    if (all > MAX_SOURCES) {
        fprintf(stderr, "%d sources are more than %d\n", all, MAX_SOURCES);
        exit(2);
    }
    for (; registered < all; registered++) {
        sources[registered].fd = open_source();
        sources[registered].on_ready = count_event;
        watch(registered);
    }
    for (int i = 0; i < registered; i++) {
        int ready = (int64_t)(i + registered / 2) * some % registered < some;
        if (sources[i].ready != ready) {
            sources[i].ready = ready;
            set_ready(sources[i].fd, ready);
        }
    }
}

#endif
