/*
 * Registers a source, changes what it is watched for and drops it again, with one epoll_ctl(2) each: what the other
 * selectors are compared with. "load IDLE WORK" watches that many others, which stay idle; WORK is 0 for one epoll_wait(2)
 * per cycle, 1 for one after each call, and 2 for a source that stays registered, is changed from reading to writing and
 * back, and waited for. See metered.h for the rest.
 */
#define _GNU_SOURCE
#include "metered.h"
#include <sys/epoll.h>

enum { MAX_EVENTS = 1024, CYCLE = 0, CYCLE_OF_WAITS = 1, TOGGLE = 2 };

static int epfd;
static struct epoll_event events[MAX_EVENTS];
static int source = -1;
static int work;
static int idle;
static uint64_t ready;

static void control(int operation, int fd, uint32_t interest) {
    struct epoll_event event = {.events = interest, .data.fd = fd};
    check("epoll_ctl", epoll_ctl(epfd, operation, fd, &event));
}

static void look(void) {
    ready += (uint64_t)check("epoll_wait", epoll_wait(epfd, events, MAX_EVENTS, 0));
}

static void load(int others, int what) {
    for (; idle < others; idle++) {
        control(EPOLL_CTL_ADD, open_source(), EPOLLIN);
    }
    if (source < 0) {
        source = open_source();
    } else if (work == TOGGLE) {
        control(EPOLL_CTL_DEL, source, 0);
    }
    work = what;
    if (work == TOGGLE) {
        control(EPOLL_CTL_ADD, source, EPOLLIN);
    }
}

static void turn(void) {
    if (work == TOGGLE) {
        control(EPOLL_CTL_MOD, source, EPOLLOUT);
        control(EPOLL_CTL_MOD, source, EPOLLIN);
    } else {
        control(EPOLL_CTL_ADD, source, EPOLLIN);
        if (work == CYCLE_OF_WAITS) {
            look();
        }
        control(EPOLL_CTL_MOD, source, EPOLLOUT);
        if (work == CYCLE_OF_WAITS) {
            look();
        }
        control(EPOLL_CTL_DEL, source, 0);
    }
    look();
    counted++;
}

int main(void) {
    epfd = check("epoll_create1", epoll_create1(EPOLL_CLOEXEC));
    return serve();
}
