package dev.pollux.tck.mutants;

import dev.pollux.Events;
import dev.pollux.spi.Backend;
import dev.pollux.spi.EventSink;
import dev.pollux.tck.fake.FakeKernel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Faults in what a backend reports. */
final class ReportMutants {

    private ReportMutants() {}

    /** Changes what is reported, and allocates nothing for it. */
    abstract static class Rewriting extends Mutant {

        private EventSink asked = (token, ready) -> {};
        private final EventSink rewritten = (token, ready) -> rewrite(token, ready, asked);

        Rewriting(Backend sound) {
            super(sound);
        }

        abstract void rewrite(long token, int ready, EventSink sink);

        @Override
        public void await(long timeoutNanos, EventSink sink) throws IOException {
            asked = sink;
            super.await(timeoutNanos, rewritten);
        }
    }

    /** Never comes to the sources that were added last. */
    static final class StarvesTheTail extends Rewriting {

        private static final int SLOTS = 128;

        StarvesTheTail(Backend sound) {
            super(sound);
        }

        @Override
        void rewrite(long token, int ready, EventSink sink) {
            if ((int) token < SLOTS) {
                sink.ready(token, ready);
            }
        }
    }

    /** Tells a hang-up or an error as plain readiness, although it claims to tell them apart. */
    static final class HidesTrouble extends Rewriting {

        HidesTrouble(Backend sound) {
            super(sound);
        }

        @Override
        void rewrite(long token, int ready, EventSink sink) {
            sink.ready(token, ready & Events.DIRECTIONS);
        }
    }

    /** Says nothing of a source whose peer has left. */
    static final class IsSilentAboutTrouble extends Rewriting {

        IsSilentAboutTrouble(Backend sound) {
            super(sound);
        }

        @Override
        void rewrite(long token, int ready, EventSink sink) {
            if ((ready & Events.REPORTED_ONLY) == 0) {
                sink.ready(token, ready);
            }
        }
    }

    /** Reports urgent data as data. */
    static final class TakesUrgentForPlain extends Rewriting {

        TakesUrgentForPlain(Backend sound) {
            super(sound);
        }

        @Override
        void rewrite(long token, int ready, EventSink sink) {
            boolean urgent = (ready & Events.PRIORITY) != 0;
            sink.ready(token, urgent ? (ready & ~Events.PRIORITY) | Events.READ : ready);
        }
    }

    /** Does not look for room to write where there is something to read. */
    static final class ReportsOneDirection extends Rewriting {

        ReportsOneDirection(Backend sound) {
            super(sound);
        }

        @Override
        void rewrite(long token, int ready, EventSink sink) {
            sink.ready(token, (ready & Events.READ) == 0 ? ready : ready & ~Events.WRITE);
        }
    }

    /** Reports every direction of what is ready at all. */
    static final class ReportsEveryDirection extends Rewriting {

        ReportsEveryDirection(Backend sound) {
            super(sound);
        }

        @Override
        void rewrite(long token, int ready, EventSink sink) {
            sink.ready(token, ready | Events.READ | Events.WRITE);
        }
    }

    /** Reports a source once more after it was removed. */
    static final class ReportsTheRemoved extends Mutant {

        private final Map<Integer, Long> tokens = new LinkedHashMap<>();
        private final Set<Long> removed = new LinkedHashSet<>();

        ReportsTheRemoved(Backend sound) {
            super(sound);
        }

        @Override
        public void add(Object fileobj, int fd, int events, long token) throws IOException {
            super.add(fileobj, fd, events, token);
            tokens.put(fd, token);
        }

        @Override
        public void remove(Object fileobj, int fd, long token) {
            super.remove(fileobj, fd, token);
            removed.add(tokens.remove(fd));
        }

        @Override
        public void await(long timeoutNanos, EventSink sink) throws IOException {
            removed.forEach(token -> sink.ready(token, Events.READ));
            removed.clear();
            super.await(timeoutNanos, sink);
        }
    }

    /** Reports everything that it watches, ready or not. */
    static final class ReportsTheIdle extends Mutant {

        private final Map<Integer, Long> tokens = new LinkedHashMap<>();

        ReportsTheIdle(Backend sound) {
            super(sound);
        }

        @Override
        public void add(Object fileobj, int fd, int events, long token) throws IOException {
            super.add(fileobj, fd, events, token);
            tokens.put(fd, token);
        }

        @Override
        public void remove(Object fileobj, int fd, long token) {
            super.remove(fileobj, fd, token);
            tokens.remove(fd);
        }

        @Override
        public void await(long timeoutNanos, EventSink sink) throws IOException {
            super.await(tokens.isEmpty() ? timeoutNanos : 0, sink);
            tokens.values().forEach(token -> sink.ready(token, Events.READ));
        }
    }

    /** Reports each event in parts, some of them twice, with more than was asked for: no fault at all. */
    static final class ReportsInParts extends Rewriting {

        ReportsInParts(Backend sound) {
            super(sound);
        }

        @Override
        void rewrite(long token, int ready, EventSink sink) {
            for (int bits = ready; bits != 0; bits &= bits - 1) {
                sink.ready(token, Integer.lowestOneBit(bits));
            }
            sink.ready(token, ready);
            if ((ready & Events.WRITE) != 0) {
                sink.ready(token, Events.PRIORITY);
            }
        }
    }

    /** Reports what was closed by every wait, as poll(2) does. */
    static final class TellsTheClosedForEver extends Mutant {

        private final FakeKernel kernel;
        private final Map<Integer, Long> tokens = new HashMap<>();

        TellsTheClosedForEver(Backend sound, FakeKernel kernel) {
            super(sound);
            this.kernel = kernel;
        }

        @Override
        public void add(Object fileobj, int fd, int events, long token) throws IOException {
            super.add(fileobj, fd, events, token);
            tokens.put(fd, token);
        }

        @Override
        public void remove(Object fileobj, int fd, long token) {
            super.remove(fileobj, fd, token);
            tokens.remove(fd);
        }

        @Override
        public void await(long timeoutNanos, EventSink sink) throws IOException {
            List<Long> closed = new ArrayList<>();
            tokens.forEach((fd, token) -> {
                if (kernel.poll(fd).getAsInt() == Events.INVALID) {
                    closed.add(token);
                }
            });
            super.await(closed.isEmpty() ? timeoutNanos : 0, sink);
            closed.forEach(token -> sink.ready(token, Events.READ));
        }
    }
}
