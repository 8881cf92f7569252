/* Dispatches with level-triggered epoll(7): what the other loops are compared with. See metered.h for what it obeys. */
#include "dispatch.h"
#include <sys/epoll.h>

enum { MAX_EVENTS = 1024 };

static int epfd;
static struct epoll_event events[MAX_EVENTS];

static void watch(int index) {
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = &sources[index]};
    check("epoll_ctl", epoll_ctl(epfd, EPOLL_CTL_ADD, sources[index].fd, &event));
}

static void turn(void) {
    int count = epoll_wait(epfd, events, MAX_EVENTS, -1);
    if (count < 0 && errno == EINTR) {
        return;
    }
    check("epoll_wait", count);
    for (int i = 0; i < count; i++) {
        struct source *source = events[i].data.ptr;
        source->on_ready(source, events[i].events);
    }
}

int main(void) {
    epfd = check("epoll_create1", epoll_create1(EPOLL_CLOEXEC));
    return serve();
}
