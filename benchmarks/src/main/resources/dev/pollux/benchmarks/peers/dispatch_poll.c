/* Dispatches with poll(2), as one does by hand: one array, looked through until all that is ready is found. */
#include "dispatch.h"
#include <poll.h>

static struct pollfd polled[MAX_SOURCES];

static void watch(int index) {
    polled[index] = (struct pollfd){.fd = sources[index].fd, .events = POLLIN};
}

static void turn(void) {
    int left = poll(polled, (nfds_t)registered, -1);
    if (left < 0 && errno == EINTR) {
        return;
    }
    check("poll", left);
    for (int i = 0; left > 0; i++) {
        if (polled[i].revents != 0) {
            left--;
            sources[i].on_ready(&sources[i], (unsigned)polled[i].revents);
        }
    }
}

int main(void) {
    return serve();
}
