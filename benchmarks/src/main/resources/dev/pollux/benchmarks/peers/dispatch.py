"""Dispatches with CPython's selectors, as the C programs do. It has one thread: see metered.h for what it obeys."""

import os
import selectors
import signal
import sys
import time


class Dispatch:
    def __init__(self):
        self.selector = selectors.DefaultSelector()
        self.sources = []
        self.ready = []
        self.counted = 0
        self.running = False
        signal.signal(signal.SIGALRM, self.stop)

    def stop(self, number, frame):
        self.running = False

    def count_event(self, key, events):
        self.counted += 1

    def load(self, registered, ready):
        while len(self.sources) < registered:
            fd = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
            self.selector.register(fd, selectors.EVENT_READ, self.count_event)
            self.sources.append(fd)
            self.ready.append(False)
        registered = len(self.sources)
        for i, fd in enumerate(self.sources):
            is_ready = (i + registered // 2) * ready % registered < ready
            if is_ready != self.ready[i]:
                self.ready[i] = is_ready
                os.eventfd_write(fd, 1) if is_ready else os.eventfd_read(fd)

    def run(self, seconds):
        self.running = True
        counted = self.counted
        computed = time.thread_time_ns()
        signal.setitimer(signal.ITIMER_REAL, seconds)
        while self.running:
            for key, events in self.selector.select():
                key.data(key, events)
        return self.counted - counted, time.thread_time_ns() - computed


def main():
    dispatch = Dispatch()
    print("ready", flush=True)
    for line in sys.stdin:
        words = line.split()
        if words[0] == "load":
            dispatch.load(int(words[1]), int(words[2]))
            print("ok", flush=True)
        elif words[0] == "run":
            counted, computed = dispatch.run(float(words[1]))
            print(counted, computed, -1, 0, -1, flush=True)
        else:
            sys.exit(f'"load A B" or "run S" was expected, not: {line}')


main()
