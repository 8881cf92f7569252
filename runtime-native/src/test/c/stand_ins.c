/*
 * Stand-ins on Linux for kqueue(2) with the ABI of macOS and for /dev/poll of Solaris, for tests.
 *
 * Every function has the name of the one it stands in for, after "stand_in_". What is about other descriptors is passed on
 * to the C library. A kqueue is an epoll set of two more, one for each filter, and of an eventfd for EVFILT_USER.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define MOST_FDS 65536
#define MOST_USERS 1024

/* sys/event.h of macOS */
struct kevent {
    uintptr_t ident;
    int16_t filter;
    uint16_t flags;
    uint32_t fflags;
    intptr_t data;
    void *udata;
};
_Static_assert(sizeof(struct kevent) == 32, "struct kevent");

#define EVFILT_READ (-1)
#define EVFILT_WRITE (-2)
#define EVFILT_USER (-10)
#define EV_ADD 0x0001
#define EV_DELETE 0x0002
#define EV_ENABLE 0x0004
#define EV_DISABLE 0x0008
#define EV_CLEAR 0x0020
#define EV_RECEIPT 0x0040
#define EV_ERROR 0x4000
#define EV_EOF 0x8000
#define NOTE_TRIGGER 0x01000000u

enum { READS, WRITES, FILTERS };

struct knote {
    void *udata;
    uint8_t present, enabled, clear, triggered;
};

struct kqueue {
    int outer;
    int sets[FILTERS];
    int user;
    int first;
    int idents;
    struct knote *notes[FILTERS];
    struct knote users[MOST_USERS];
};

/* sys/devpoll.h of Solaris */
#undef POLLREMOVE /* bits/poll.h has another value for something of its own */
#define POLLREMOVE 0x0800
#define DP_POLL 0xD001
struct dvpoll {
    struct pollfd *dp_fds;
    nfds_t dp_nfds;
    int dp_timeout;
};
_Static_assert(sizeof(struct dvpoll) == 24, "struct dvpoll");

struct devpoll {
    struct pollfd *fds;
    size_t count, start;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct kqueue *kqueues[MOST_FDS];
static struct devpoll *devpolls[MOST_FDS];
static int kqueues_end;

static int known(int fd) { return fd >= 0 && fd < MOST_FDS; }

static int64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

/* ---- kqueue ---- */

static void watch(int set, int fd) {
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    epoll_ctl(set, EPOLL_CTL_ADD, fd, &event);
}

int stand_in_kqueue(void) {
    struct kqueue *kq = calloc(1, sizeof *kq);
    kq->outer = epoll_create1(0);
    if (kq->outer < 0) {
        free(kq);
        return -1;
    }
    kq->user = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    watch(kq->outer, kq->user);
    for (int i = 0; i < FILTERS; i++) {
        kq->sets[i] = epoll_create1(EPOLL_CLOEXEC);
        watch(kq->outer, kq->sets[i]);
        kq->notes[i] = calloc(1, sizeof(struct knote));
    }
    kq->idents = 1;
    pthread_mutex_lock(&lock);
    kqueues[kq->outer] = kq;
    kqueues_end = kq->outer < kqueues_end ? kqueues_end : kq->outer + 1;
    pthread_mutex_unlock(&lock);
    return kq->outer;
}

static int control(struct kqueue *kq, int filter, int op, int fd, const struct knote *note) {
    struct epoll_event event = {.data.fd = fd};
    event.events = (filter == READS ? EPOLLIN | EPOLLRDHUP : EPOLLOUT) | (note->clear ? (uint32_t)EPOLLET : 0);
    return epoll_ctl(kq->sets[filter], op, fd, &event) < 0 ? errno : 0;
}

static void tell_user(struct kqueue *kq) {
    int triggered = 0;
    for (int i = 0; i < MOST_USERS; i++) {
        struct knote *note = &kq->users[i];
        triggered |= note->present && note->enabled && note->triggered;
    }
    eventfd_t taken;
    eventfd_read(kq->user, &taken);
    if (triggered) {
        eventfd_write(kq->user, 1);
    }
}

static int change_user(struct kqueue *kq, const struct kevent *change) {
    if (change->ident >= MOST_USERS) {
        return EINVAL;
    }
    struct knote *note = &kq->users[change->ident];
    if (!note->present) {
        if (!(change->flags & EV_ADD)) {
            return ENOENT;
        }
        *note = (struct knote){.present = 1, .enabled = 1, .clear = (change->flags & EV_CLEAR) != 0};
    }
    if (change->flags & EV_DELETE) {
        *note = (struct knote){0};
    } else {
        /* A trigger alone does not touch udata, as in filt_usertouch. */
        note->udata = change->flags & EV_ADD ? change->udata : note->udata;
        note->triggered |= (change->fflags & NOTE_TRIGGER) != 0;
        note->enabled = change->flags & EV_DISABLE ? 0 : change->flags & EV_ENABLE ? 1 : note->enabled;
    }
    tell_user(kq);
    return 0;
}

static void room_for(struct kqueue *kq, int fd) {
    if (fd < kq->idents) {
        return;
    }
    int idents = fd + 64;
    for (int i = 0; i < FILTERS; i++) {
        kq->notes[i] = realloc(kq->notes[i], idents * sizeof(struct knote));
        memset(kq->notes[i] + kq->idents, 0, (idents - kq->idents) * sizeof(struct knote));
    }
    kq->idents = idents;
}

static int readerless_error;

/*
 * Lets EVFILT_WRITE fail for pipes without a reader, with EPIPE as on FreeBSD or EBADF as on NetBSD; 0 accepts them as
 * macOS does. Stands in for nothing: a test's own.
 */
int stand_in_fail_without_reader(int error) {
    readerless_error = error;
    return 0;
}

static int is_readerless(int fd) {
    struct stat status;
    struct pollfd trouble = {.fd = fd, .events = POLLOUT};
    return fstat(fd, &status) == 0 && S_ISFIFO(status.st_mode) && poll(&trouble, 1, 0) > 0 && trouble.revents & POLLERR;
}

static int change_fd(struct kqueue *kq, const struct kevent *change) {
    int filter = change->filter == EVFILT_READ ? READS : WRITES;
    int fd = (int)change->ident;
    if (!known(fd) || fcntl(fd, F_GETFD) < 0) {
        return EBADF;
    }
    room_for(kq, fd);
    struct knote *note = &kq->notes[filter][fd];
    int error;
    if (change->flags & EV_DELETE) {
        error = !note->present ? ENOENT : note->enabled ? control(kq, filter, EPOLL_CTL_DEL, fd, note) : 0;
        *note = (struct knote){0};
        return error;
    }
    if (note->present && note->enabled && control(kq, filter, EPOLL_CTL_MOD, fd, note) == ENOENT) {
        /* The descriptor was closed where it could not be seen. */
        *note = (struct knote){0};
    }
    if (!note->present) {
        if (!(change->flags & EV_ADD)) {
            return ENOENT;
        }
        if (readerless_error && filter == WRITES && is_readerless(fd)) {
            return readerless_error;
        }
        struct knote fresh = {.present = 1, .enabled = 1, .clear = (change->flags & EV_CLEAR) != 0};
        error = control(kq, filter, EPOLL_CTL_ADD, fd, &fresh);
        if (error) {
            return error;
        }
        *note = fresh;
    }
    /* EV_CLEAR stays as it was first given: kqueue_register of FreeBSD changes udata, fflags and data only. */
    if (change->flags & EV_ADD) {
        note->udata = change->udata;
    }
    if (change->flags & EV_DISABLE && note->enabled) {
        control(kq, filter, EPOLL_CTL_DEL, fd, note);
        note->enabled = 0;
    } else if (change->flags & EV_ENABLE && !note->enabled) {
        note->enabled = 1;
        return control(kq, filter, EPOLL_CTL_ADD, fd, note);
    }
    return 0;
}

static int refused_filter, refusal;

/* Refuses the next addition to a filter. Stands in for nothing: a test's own. */
int stand_in_refuse_kevent(int filter, int error) {
    refused_filter = filter;
    refusal = error;
    return 0;
}

static int apply(struct kqueue *kq, const struct kevent *change) {
    if (refusal && change->filter == refused_filter && change->flags & EV_ADD) {
        int error = refusal;
        refusal = 0;
        return error;
    }
    switch (change->filter) {
    case EVFILT_USER:
        return change_user(kq, change);
    case EVFILT_READ:
    case EVFILT_WRITE:
        return change_fd(kq, change);
    default:
        return EINVAL;
    }
}

static int collect_user(struct kqueue *kq, struct kevent *events, int most) {
    int count = 0;
    for (int i = 0; i < MOST_USERS && count < most; i++) {
        struct knote *note = &kq->users[i];
        if (note->present && note->enabled && note->triggered) {
            events[count++] = (struct kevent){.ident = i, .filter = EVFILT_USER, .udata = note->udata};
            note->triggered = !note->clear;
        }
    }
    tell_user(kq);
    return count;
}

static int collect_filter(struct kqueue *kq, int filter, struct kevent *events, int most) {
    if (most == 0) {
        return 0;
    }
    struct epoll_event ready[most];
    int found = epoll_wait(kq->sets[filter], ready, most, 0);
    int count = 0;
    for (int i = 0; i < found; i++) {
        int fd = ready[i].data.fd;
        uint32_t bits = ready[i].events;
        uint32_t ends = filter == READS ? EPOLLRDHUP | EPOLLHUP | EPOLLERR : EPOLLHUP | EPOLLERR;
        if (fd < kq->idents && kq->notes[filter][fd].present) {
            events[count++] = (struct kevent){
                .ident = fd,
                .filter = filter == READS ? EVFILT_READ : EVFILT_WRITE,
                .flags = bits & ends ? EV_EOF : 0,
                .data = bits & (EPOLLIN | EPOLLOUT) ? 1 : 0,
                .udata = kq->notes[filter][fd].udata,
            };
        }
    }
    return count;
}

static int collect(struct kqueue *kq, struct kevent *events, int most) {
    pthread_mutex_lock(&lock);
    int count = collect_user(kq, events, most);
    kq->first = !kq->first;
    count += collect_filter(kq, kq->first, events + count, most - count);
    count += collect_filter(kq, !kq->first, events + count, most - count);
    pthread_mutex_unlock(&lock);
    return count;
}

int stand_in_kevent(int fd, const struct kevent *changes, int nchanges, struct kevent *events, int nevents,
                    const struct timespec *timeout) {
    pthread_mutex_lock(&lock);
    struct kqueue *kq = known(fd) ? kqueues[fd] : NULL;
    if (kq == NULL) {
        pthread_mutex_unlock(&lock);
        errno = EBADF;
        return -1;
    }
    int receipts = 0;
    for (int i = 0; i < nchanges; i++) {
        struct kevent change = changes[i];
        int error = apply(kq, &change);
        if (error || change.flags & EV_RECEIPT) {
            if (receipts == nevents) {
                if (error) {
                    pthread_mutex_unlock(&lock);
                    errno = error;
                    return -1;
                }
                continue;
            }
            change.flags = EV_ERROR;
            change.data = error;
            events[receipts++] = change;
        }
    }
    pthread_mutex_unlock(&lock);
    if (receipts > 0 || nevents == 0) {
        return receipts;
    }
    if (timeout && (timeout->tv_sec < 0 || timeout->tv_sec > 100000000 || timeout->tv_nsec < 0 || timeout->tv_nsec > 999999999)) {
        errno = EINVAL; /* itimerfix of macOS */
        return -1;
    }
    int64_t end = timeout ? now() + timeout->tv_sec * 1000000000LL + timeout->tv_nsec : 0;
    for (;;) {
        int count = collect(kq, events, nevents);
        int64_t left = timeout ? end - now() : 0;
        if (count > 0 || (timeout && left <= 0)) {
            return count;
        }
        struct timespec wait = {.tv_sec = left / 1000000000, .tv_nsec = left % 1000000000};
        struct epoll_event ready;
        if (syscall(SYS_epoll_pwait2, kq->outer, &ready, 1, timeout ? &wait : NULL, NULL, 0) < 0) {
            return -1;
        }
    }
}

/* ---- /dev/poll ---- */

int stand_in_open(const char *path, int flags, int mode) {
    if (strcmp(path, "/dev/poll") != 0) {
        return open(path, flags, mode);
    }
    int fd = eventfd(0, 0);
    if (fd >= 0) {
        pthread_mutex_lock(&lock);
        devpolls[fd] = calloc(1, sizeof(struct devpoll));
        pthread_mutex_unlock(&lock);
    }
    return fd;
}

static struct devpoll *devpoll(int fd) { return known(fd) ? devpolls[fd] : NULL; }

static void merge(struct devpoll *dp, const struct pollfd *record) {
    size_t i = 0;
    while (i < dp->count && dp->fds[i].fd != record->fd) {
        i++;
    }
    if (record->events & POLLREMOVE) {
        if (i < dp->count) {
            memmove(&dp->fds[i], &dp->fds[i + 1], (--dp->count - i) * sizeof *dp->fds);
        }
    } else if (i < dp->count) {
        dp->fds[i].events |= record->events;
    } else {
        dp->fds = realloc(dp->fds, (dp->count + 1) * sizeof *dp->fds);
        dp->fds[dp->count++] = *record;
    }
}

ssize_t stand_in_pwrite(int fd, const void *bytes, size_t size, off_t offset) {
    struct devpoll *dp = devpoll(fd);
    if (dp == NULL) {
        return pwrite(fd, bytes, size, offset);
    }
    if (size % sizeof(struct pollfd) != 0) {
        errno = EINVAL;
        return -1;
    }
    const struct pollfd *records = bytes;
    for (size_t i = 0; i < size / sizeof *records; i++) {
        merge(dp, &records[i]);
    }
    return size;
}

int stand_in_ioctl(int fd, unsigned request, void *argument) {
    struct devpoll *dp = devpoll(fd);
    if (dp == NULL) {
        return ioctl(fd, request, argument);
    }
    struct dvpoll *wanted = argument;
    if (request != DP_POLL) {
        errno = EINVAL;
        return -1;
    }
    if (poll(dp->fds, dp->count, wanted->dp_timeout) < 0) {
        return -1;
    }
    int found = 0;
    size_t at = dp->start;
    for (size_t i = 0; i < dp->count && (nfds_t)found < wanted->dp_nfds; i++) {
        at = (dp->start + i) % dp->count;
        if (dp->fds[at].revents) {
            wanted->dp_fds[found++] = dp->fds[at];
        }
    }
    dp->start = dp->count ? (at + 1) % dp->count : 0;
    return found;
}

/* ---- what ends a descriptor ---- */

static void ended(int fd) {
    if (!known(fd)) {
        return;
    }
    int saved = errno;
    pthread_mutex_lock(&lock);
    for (int i = 0; i < kqueues_end; i++) {
        struct kqueue *kq = kqueues[i];
        for (int filter = 0; kq && fd < kq->idents && filter < FILTERS; filter++) {
            struct knote *note = &kq->notes[filter][fd];
            if (note->present && note->enabled) {
                control(kq, filter, EPOLL_CTL_DEL, fd, note);
            }
            *note = (struct knote){0};
        }
    }
    struct kqueue *kq = kqueues[fd];
    if (kq) {
        close(kq->user);
        for (int i = 0; i < FILTERS; i++) {
            close(kq->sets[i]);
            free(kq->notes[i]);
        }
        free(kq);
        kqueues[fd] = NULL;
    }
    if (devpolls[fd]) {
        free(devpolls[fd]->fds);
        free(devpolls[fd]);
        devpolls[fd] = NULL;
    }
    pthread_mutex_unlock(&lock);
    errno = saved;
}

/* A queue of the BSDs has no position; the epoll set that stands in for one has. */
off_t stand_in_lseek(int fd, off_t offset, int whence) {
    pthread_mutex_lock(&lock);
    int queue = known(fd) && kqueues[fd] != NULL;
    pthread_mutex_unlock(&lock);
    if (queue) {
        errno = ESPIPE;
        return -1;
    }
    return lseek(fd, offset, whence);
}

int stand_in_close(int fd) {
    ended(fd);
    return close(fd);
}

int stand_in_dup2(int fd, int number) {
    if (fd != number && fcntl(fd, F_GETFD) >= 0) {
        ended(number);
    }
    return dup2(fd, number);
}
