/* Dispatches with select(2), as one does by hand: a copy of the set for each call, looked through word by word. */
#include "dispatch.h"
#include <string.h>
#include <sys/select.h>

enum { WORD_BITS = 8 * sizeof(unsigned long), WORDS = FD_SETSIZE / WORD_BITS };

union set {
    fd_set set;
    unsigned long words[WORDS];
};

static union set watched;
static union set ready;
static int by_descriptor[FD_SETSIZE];
static int highest;

static void watch(int index) {
    int fd = sources[index].fd;
    if (fd >= FD_SETSIZE) {
        fprintf(stderr, "descriptor %d is too high for select\n", fd);
        exit(2);
    }
    FD_SET(fd, &watched.set);
    by_descriptor[fd] = index;
    highest = fd > highest ? fd : highest;
}

static void turn(void) {
    int words = highest / (int)WORD_BITS + 1;
    memcpy(ready.words, watched.words, (size_t)words * sizeof *ready.words);
    int left = select(highest + 1, &ready.set, NULL, NULL, NULL);
    if (left < 0 && errno == EINTR) {
        return;
    }
    check("select", left);
    for (int i = 0; left > 0; i++) {
        for (unsigned long word = ready.words[i]; word != 0; word &= word - 1) {
            left--;
            struct source *source = &sources[by_descriptor[i * (int)WORD_BITS + __builtin_ctzl(word)]];
            source->on_ready(source, 1);
        }
    }
}

int main(void) {
    return serve();
}
