package dev.pollux.tck.mutants;

import dev.pollux.Events;
import dev.pollux.spi.Backend;
import dev.pollux.spi.EventSink;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** Faults in what a backend makes of being told what to watch. */
final class WatchMutants {

    private static final EventSink NOBODY = (token, ready) -> {};

    private WatchMutants() {}

    /** Watches for more with each change, never for less. */
    static final class ChangeOnlyAdds extends Mutant {

        private final Map<Integer, Integer> watched = new HashMap<>();

        ChangeOnlyAdds(Backend sound) {
            super(sound);
        }

        @Override
        public void add(Object fileobj, int fd, int events, long token) throws IOException {
            super.add(fileobj, fd, events, token);
            watched.put(fd, events);
        }

        @Override
        public void change(Object fileobj, int fd, int events, long token) throws IOException {
            super.change(fileobj, fd, watched.merge(fd, events, (old, more) -> old | more), token);
        }
    }

    /** Has another generation in the token after a change. */
    static final class ChangeSpoilsTheToken extends Mutant {

        ChangeSpoilsTheToken(Backend sound) {
            super(sound);
        }

        @Override
        public void change(Object fileobj, int fd, int events, long token) throws IOException {
            super.change(fileobj, fd, events, token + (1L << Integer.SIZE));
        }
    }

    /** Changes the token of a source to that of the one added last. */
    static final class ChangeTakesAnotherToken extends Mutant {

        private long last;

        ChangeTakesAnotherToken(Backend sound) {
            super(sound);
        }

        @Override
        public void add(Object fileobj, int fd, int events, long token) throws IOException {
            super.add(fileobj, fd, events, token);
            last = token;
        }

        @Override
        public void change(Object fileobj, int fd, int events, long token) throws IOException {
            super.change(fileobj, fd, events, last);
        }
    }

    /** Fails to stop watching a source that is closed. */
    static final class RemoveFailsWhenClosed extends Mutant {

        RemoveFailsWhenClosed(Backend sound) {
            super(sound);
        }

        @Override
        public void remove(Object fileobj, int fd, long token) {
            try {
                super.change(fileobj, fd, Events.READ, 0);
            } catch (IOException closed) {
                throw new IllegalStateException("fd " + fd + " cannot be removed", closed);
            }
            super.remove(fileobj, fd, token);
        }
    }

    /** Keeps a source that is watched for nothing, so that its hang-up shows. */
    static final class LeavesAnEmptyMask extends Mutant {

        LeavesAnEmptyMask(Backend sound) {
            super(sound);
        }

        @Override
        public void add(Object fileobj, int fd, int events, long token) throws IOException {
            super.remove(fileobj, fd, token);
            super.add(fileobj, fd, events, token);
        }

        @Override
        public void remove(Object fileobj, int fd, long token) {
            try {
                super.change(fileobj, fd, Events.NONE, -1);
            } catch (IOException closed) {
                super.remove(fileobj, fd, token);
            }
        }
    }

    /** Takes whatever it is given, also what the kernel refuses. */
    static final class AddSwallowsRefusals extends Mutant {

        AddSwallowsRefusals(Backend sound) {
            super(sound);
        }

        @Override
        public void add(Object fileobj, int fd, int events, long token) {
            try {
                super.add(fileobj, fd, events, token);
            } catch (IOException swallowed) {
                // The fault.
            }
        }
    }

    /** Does not tell that a change was refused. */
    static final class ChangeSwallowsRefusals extends Mutant {

        ChangeSwallowsRefusals(Backend sound) {
            super(sound);
        }

        @Override
        public void change(Object fileobj, int fd, int events, long token) {
            try {
                super.change(fileobj, fd, events, token);
            } catch (IOException swallowed) {
                // The fault.
            }
        }
    }

    /** Gives every second source the token of the one before. */
    static final class MixesUpTokens extends Mutant {

        private int added;
        private long before;

        MixesUpTokens(Backend sound) {
            super(sound);
        }

        @Override
        public void add(Object fileobj, int fd, int events, long token) throws IOException {
            super.add(fileobj, fd, events, added++ % 2 == 1 ? before : token);
            before = token;
        }
    }

    /** Takes only the lower ten bits of a descriptor for its number. */
    static final class CutsNumbers extends Mutant {

        CutsNumbers(Backend sound) {
            super(sound);
        }

        @Override
        public void add(Object fileobj, int fd, int events, long token) throws IOException {
            super.add(fileobj, fd & 1023, events, token);
        }

        @Override
        public void remove(Object fileobj, int fd, long token) {
            super.remove(fileobj, fd & 1023, token);
        }
    }

    /** Keeps the first token that it has seen with a number, whoever owns the number by now. */
    static final class KeepsTheFirstToken extends Mutant {

        private final Map<Integer, Long> tokens;

        KeepsTheFirstToken(Backend sound, Map<Integer, Long> tokens) {
            super(sound);
            this.tokens = tokens;
        }

        @Override
        public void add(Object fileobj, int fd, int events, long token) throws IOException {
            super.add(fileobj, fd, events, tokens.computeIfAbsent(fd, any -> token));
        }
    }

    /** Does not watch the first source that it is given. */
    static final class OverlooksTheFirst extends Mutant {

        private boolean overlooked;

        OverlooksTheFirst(Backend sound) {
            super(sound);
        }

        @Override
        public void add(Object fileobj, int fd, int events, long token) throws IOException {
            if (overlooked) {
                super.add(fileobj, fd, events, token);
            }
            overlooked = true;
        }
    }

    /** Watches for reading what is to be watched for writing, and the other way round. */
    static final class ConfusesDirections extends Mutant {

        ConfusesDirections(Backend sound) {
            super(sound);
        }

        private static int confused(int events) {
            int directions = Events.READ | Events.WRITE;
            int asked = events & directions;
            return asked == 0 || asked == directions ? events : events ^ directions;
        }

        @Override
        public void add(Object fileobj, int fd, int events, long token) throws IOException {
            super.add(fileobj, fd, confused(events), token);
        }

        @Override
        public void change(Object fileobj, int fd, int events, long token) throws IOException {
            super.change(fileobj, fd, confused(events), token);
        }
    }

    /** Reports an edge for as long as the source is ready. */
    static final class TakesEdgeForLevel extends Mutant {

        TakesEdgeForLevel(Backend sound) {
            super(sound);
        }

        @Override
        public void add(Object fileobj, int fd, int events, long token) throws IOException {
            super.add(fileobj, fd, events & ~Events.EDGE, token);
        }

        @Override
        public void change(Object fileobj, int fd, int events, long token) throws IOException {
            super.change(fileobj, fd, events & ~Events.EDGE, token);
        }
    }

    /** Reports what is ready once instead of as long as it lasts. */
    static final class TakesLevelForEdge extends Mutant {

        TakesLevelForEdge(Backend sound) {
            super(sound);
        }

        @Override
        public void add(Object fileobj, int fd, int events, long token) throws IOException {
            super.add(fileobj, fd, events | Events.EDGE, token);
        }

        @Override
        public void change(Object fileobj, int fd, int events, long token) throws IOException {
            super.change(fileobj, fd, events | Events.EDGE, token);
        }
    }

    /** Sees only edges that come after the source was added. */
    static final class LosesTheEdgeBeforeAdd extends Mutant {

        LosesTheEdgeBeforeAdd(Backend sound) {
            super(sound);
        }

        @Override
        public void add(Object fileobj, int fd, int events, long token) throws IOException {
            super.add(fileobj, fd, events, token);
            if ((events & Events.EDGE) != 0) {
                super.await(0, NOBODY);
            }
        }
    }

    /** Sees only edges that come after a change. */
    static final class LosesTheEdgeBeforeChange extends Mutant {

        LosesTheEdgeBeforeChange(Backend sound) {
            super(sound);
        }

        @Override
        public void change(Object fileobj, int fd, int events, long token) throws IOException {
            super.change(fileobj, fd, events, token);
            if ((events & Events.EDGE) != 0) {
                super.await(0, NOBODY);
            }
        }
    }

    /** Works on the thread that opened it only. */
    static final class KeepsToItsThread extends Mutant {

        private final Thread opener = Thread.currentThread();

        KeepsToItsThread(Backend sound) {
            super(sound);
        }

        @Override
        public void add(Object fileobj, int fd, int events, long token) throws IOException {
            if (Thread.currentThread() != opener) {
                throw new IOException("this memory belongs to thread " + opener.getName());
            }
            super.add(fileobj, fd, events, token);
        }
    }

    /** Opens a descriptor for each source, and keeps it if the source is refused. */
    static final class LeaksWhenItRefuses extends Mutant {

        LeaksWhenItRefuses(Backend sound) {
            super(sound);
        }

        @Override
        public void add(Object fileobj, int fd, int events, long token) throws IOException {
            try {
                super.add(fileobj, fd, events, token);
            } catch (IOException refused) {
                MutatedProvider.leak();
                throw refused;
            }
        }
    }

    /** Closes with itself what it has watched. */
    static final class ClosesSources extends Mutant {

        private final Map<Integer, AutoCloseable> sources = new HashMap<>();

        ClosesSources(Backend sound) {
            super(sound);
        }

        @Override
        public void add(Object fileobj, int fd, int events, long token) throws IOException {
            super.add(fileobj, fd, events, token);
            if (fileobj instanceof AutoCloseable source) {
                sources.put(fd, source);
            }
        }

        @Override
        public void close() {
            super.close();
            for (AutoCloseable source : sources.values()) {
                try {
                    source.close();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }
        }
    }
}
