package dev.pollux.tck.mutants;

import dev.pollux.spi.Backend;
import dev.pollux.spi.CompletionBackend;
import dev.pollux.spi.EventSink;
import dev.pollux.spi.Submission;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Faults of backends that do operations. */
final class OperationMutants {

    private OperationMutants() {}

    /** Passes everything on, and knows what each token was submitted for. */
    abstract static class Operating extends Mutant implements CompletionBackend {

        private final CompletionBackend sound;
        private final Map<Long, Submission.Kind> kinds = new HashMap<>();

        Operating(Backend sound) {
            super(sound);
            this.sound = (CompletionBackend) sound;
        }

        @Override
        public boolean submit(Submission submission, long token) throws IOException {
            kinds.put(token, submission.kind);
            return sound.submit(submission, token);
        }

        @Override
        public void cancel(long token) {
            sound.cancel(token);
        }

        @Override
        public ByteBuffer lent(int number) {
            return sound.lent(number);
        }

        @Override
        public void giveBack(int number) {
            sound.giveBack(number);
        }

        @Override
        public int availableBuffers() {
            return sound.availableBuffers();
        }

        @Override
        public IOException failure(Submission.Kind kind, int fd, int result) {
            return sound.failure(kind, fd, result);
        }

        @Override
        public final void await(long timeoutNanos, EventSink sink) throws IOException {
            awaitSound(timeoutNanos, new EventSink() {
                @Override
                public void ready(long token, int ready) {
                    sink.ready(token, ready);
                }

                @Override
                public void completed(long token, int result, int flags) {
                    Operating.this.completed(kinds.get(token), token, result, flags, sink);
                }
            });
            afterWait(sink);
        }

        void awaitSound(long timeoutNanos, EventSink sink) throws IOException {
            super.await(timeoutNanos, sink);
        }

        void completed(Submission.Kind kind, long token, int result, int flags, EventSink sink) {
            sink.completed(token, result, flags);
        }

        void afterWait(EventSink sink) {}
    }

    /** Reports the end of each operation twice. */
    static final class CompletesTwice extends Operating {

        CompletesTwice(Backend sound) {
            super(sound);
        }

        @Override
        void completed(Submission.Kind kind, long token, int result, int flags, EventSink sink) {
            sink.completed(token, result, flags);
            if (flags == 0) {
                sink.completed(token, result, flags);
            }
        }
    }

    /** Forgets to report every third operation. */
    static final class LosesCompletions extends Operating {

        private int count;

        LosesCompletions(Backend sound) {
            super(sound);
        }

        @Override
        void completed(Submission.Kind kind, long token, int result, int flags, EventSink sink) {
            if (++count % 3 != 0) {
                sink.completed(token, result, flags);
            }
        }
    }

    /** Says one byte less than it has moved. */
    static final class CountsOneLess extends Operating {

        private final Submission.Kind wrong;

        CountsOneLess(Backend sound, Submission.Kind wrong) {
            super(sound);
            this.wrong = wrong;
        }

        @Override
        void completed(Submission.Kind kind, long token, int result, int flags, EventSink sink) {
            sink.completed(token, kind == wrong && result > 1 ? result - 1 : result, flags);
        }
    }

    /** Takes the end of the input for a failure. */
    static final class FailsAtTheEnd extends Operating {

        FailsAtTheEnd(Backend sound) {
            super(sound);
        }

        @Override
        void completed(Submission.Kind kind, long token, int result, int flags, EventSink sink) {
            sink.completed(token, kind == Submission.Kind.RECEIVE && result == 0 ? -32 : result, flags);
        }
    }

    /** Takes no notice of a cancel. */
    static final class IgnoresCancel extends Operating {

        IgnoresCancel(Backend sound) {
            super(sound);
        }

        @Override
        public void cancel(long token) {}
    }

    /** Reports what was cancelled as if nothing had been done. */
    static final class CancelHidesWhatWasDone extends Operating {

        private final Set<Long> cancelled = new HashSet<>();

        CancelHidesWhatWasDone(Backend sound) {
            super(sound);
        }

        @Override
        public void cancel(long token) {
            cancelled.add(token);
            super.cancel(token);
        }

        @Override
        void completed(Submission.Kind kind, long token, int result, int flags, EventSink sink) {
            sink.completed(token, flags == 0 && cancelled.remove(token) ? CANCELLED : result, flags);
        }
    }

    /** Reports a cancel at once and goes on with the operation, whose buffer is the caller's by then. */
    static final class CancelsInNameOnly extends Operating {

        private final Set<Long> cancelled = new HashSet<>();
        private final Set<Long> reported = new HashSet<>();

        CancelsInNameOnly(Backend sound) {
            super(sound);
        }

        @Override
        public void cancel(long token) {
            cancelled.add(token);
        }

        @Override
        void awaitSound(long timeoutNanos, EventSink sink) throws IOException {
            super.awaitSound(cancelled.isEmpty() ? timeoutNanos : 0, sink);
        }

        @Override
        void completed(Submission.Kind kind, long token, int result, int flags, EventSink sink) {
            if (!reported.remove(token)) {
                cancelled.remove(token);
                sink.completed(token, result, flags);
            }
        }

        @Override
        void afterWait(EventSink sink) {
            for (long token : cancelled) {
                reported.add(token);
                sink.completed(token, CANCELLED, 0);
            }
            cancelled.clear();
        }
    }

    /** Receives as much as the buffer could hold, whatever its limit. */
    static final class IgnoresTheLimit extends Operating {

        IgnoresTheLimit(Backend sound) {
            super(sound);
        }

        @Override
        public boolean submit(Submission submission, long token) throws IOException {
            ByteBuffer buffer = submission.buffer;
            if (submission.kind == Submission.Kind.RECEIVE && buffer != null) {
                submission.position = 0;
                submission.length = buffer.capacity();
            }
            return super.submit(submission, token);
        }

        @Override
        void completed(Submission.Kind kind, long token, int result, int flags, EventSink sink) {
            sink.completed(token, kind == Submission.Kind.RECEIVE ? Math.min(result, 1) : result, flags);
        }
    }

    /** Lends the same buffer for everything. */
    static final class LendsOneBuffer extends Operating {

        LendsOneBuffer(Backend sound) {
            super(sound);
        }

        @Override
        public ByteBuffer lent(int number) {
            return super.lent(0);
        }
    }

    /** Never lends a buffer again that was given back. */
    static final class KeepsWhatIsGivenBack extends Operating {

        KeepsWhatIsGivenBack(Backend sound) {
            super(sound);
        }

        @Override
        public void giveBack(int number) {}
    }

    /** Never says that a buffer is there for what found none. */
    static final class SaysThatNoBufferIsLeft extends Operating {

        SaysThatNoBufferIsLeft(Backend sound) {
            super(sound);
        }

        @Override
        public int availableBuffers() {
            return 0;
        }
    }

    /** Loses every third connection that it accepts. */
    static final class LosesConnections extends Operating {

        private int count;

        LosesConnections(Backend sound) {
            super(sound);
        }

        @Override
        void completed(Submission.Kind kind, long token, int result, int flags, EventSink sink) {
            if (kind != Submission.Kind.ACCEPT_EACH || ++count % 3 != 0) {
                sink.completed(token, result, flags);
            }
        }
    }

    /** Reads files from their beginning. */
    static final class ReadsTheBeginning extends Operating {

        ReadsTheBeginning(Backend sound) {
            super(sound);
        }

        @Override
        public boolean submit(Submission submission, long token) throws IOException {
            if (submission.kind == Submission.Kind.READ && submission.offset > 0) {
                submission.offset = 0;
            }
            return super.submit(submission, token);
        }
    }

    /** Lends the same memory to every completion, whether what it held was given back or not. */
    static final class LendsTheSameMemory extends Operating {

        private final ByteBuffer shared = ByteBuffer.allocateDirect(1 << 16);

        LendsTheSameMemory(Backend sound) {
            super(sound);
        }

        @Override
        public ByteBuffer lent(int number) {
            return shared.clear().put(super.lent(number)).flip();
        }
    }

    /** What is submitted while so many others are in the queue is lost. */
    static final class LosesWhatHasNoRoom extends Operating {

        private final int room;
        private int queued;

        LosesWhatHasNoRoom(Backend sound, int room) {
            super(sound);
            this.room = room;
        }

        @Override
        public boolean submit(Submission submission, long token) throws IOException {
            if (queued == room) {
                return true;
            }
            boolean taken = super.submit(submission, token);
            queued += taken ? 1 : 0;
            return taken;
        }

        @Override
        void awaitSound(long timeoutNanos, EventSink sink) throws IOException {
            queued = 0;
            super.awaitSound(timeoutNanos, sink);
        }
    }

    /** Reports no source in a wait that reports an operation. */
    static final class PrefersOperations extends Operating {

        private final Map<Long, Integer> ready = new HashMap<>();
        private boolean hasCompleted;

        PrefersOperations(Backend sound) {
            super(sound);
        }

        @Override
        void awaitSound(long timeoutNanos, EventSink sink) throws IOException {
            hasCompleted = false;
            ready.clear();
            super.awaitSound(timeoutNanos, new EventSink() {
                @Override
                public void ready(long token, int bits) {
                    ready.put(token, bits);
                }

                @Override
                public void completed(long token, int result, int flags) {
                    hasCompleted = true;
                    sink.completed(token, result, flags);
                }
            });
        }

        @Override
        void afterWait(EventSink sink) {
            if (!hasCompleted) {
                ready.forEach(sink::ready);
            }
        }
    }
}
