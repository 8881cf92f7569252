package dev.pollux.internal.selector;

import dev.pollux.spi.CompletionBackend;
import dev.pollux.spi.EventSink;
import dev.pollux.spi.Submission;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the kernel does at present, and what it has done that was not delivered yet.
 *
 * <p>A completion is only noted while the backend waits, and delivered after that. A request keeps its place until its last
 * completion has been delivered, so a place has one owner at a time, and its tokens count up.
 *
 * <p><b>Thread:</b> the selector's.
 */
final class KernelRequests {

    /** How often a drain waits: for some ten seconds. */
    private static final int WAITS_OF_A_DRAIN = 1_000;

    private static final long NANOS_OF_A_WAIT = 10_000_000;

    private @Nullable KernelRequest[] places = new KernelRequest[0];
    private int[] generations = new int[0];

    /** Whether the owner of a place will still complete: the owners themselves are not in the processor's cache. */
    private boolean[] completing = new boolean[0];

    private int[] free = new int[0];
    private int freeSize;

    /** How many will still complete. */
    private int inFlight;

    // Completions in order.
    private long[] tokens = new long[16];
    private int[] results = new int[16];
    private int[] flags = new int[16];

    /** What only a backend knows that is closed by now: a copy of what it had lent, or what a result says; else null. */
    private @Nullable Object[] kept = new Object[16];

    private int head;
    private int end;

    private long stale;

    private final LentNumbers lent = new LentNumbers();

    boolean isEmpty() {
        return head == end;
    }

    /** Returns how many completions are to be delivered. */
    int size() {
        return end - head;
    }

    boolean isLending() {
        return lent.isLending();
    }

    /** Keeps what is being lent. Returns {@link LentNumbers#NO_LOAN} if that is nothing, or enough is kept. */
    long keepLent() {
        return lent.keep();
    }

    int lentNumber(long loan) {
        return lent.number(loan);
    }

    /** Gives back what was kept, if it is of the backend of now. */
    void giveBackLent(CompletionBackend backend, long loan) {
        lent.giveBack(backend, loan);
    }

    /** There is another backend from now on, which has lent nothing yet. */
    void movedOn() {
        lent.movedOn();
    }

    int inFlight() {
        return inFlight;
    }

    /** Counts completions of no one. */
    long stale() {
        return stale;
    }

    /** Has the backend begin what {@code submission} says, for {@code request}, which is not in flight. */
    void submit(CompletionBackend backend, Submission submission, KernelRequest request) throws IOException {
        if (request.isInFlight()) {
            throw new IllegalStateException(request + " is in flight");
        }
        int place = takePlace();
        long token = (long) generations[place] << Integer.SIZE | place;
        boolean submitted = false;
        try {
            submitted = backend.submit(submission, token);
            if (!submitted) {
                backend.flush();
                submitted = backend.submit(submission, token);
            }
            if (!submitted) {
                throw new IOException(
                        "the kernel takes no further operation, " + inFlight + " in flight; wait for some");
            }
        } finally {
            if (!submitted) {
                giveBack(place);
            }
        }
        places[place] = request;
        request.token = token;
        completing[place] = true;
        request.kind = submission.kind;
        request.fd = submission.fd;
        inFlight++;
    }

    void cancel(CompletionBackend backend, KernelRequest request) {
        if (request.isInFlight()) {
            backend.cancel(request.token);
        }
    }

    private int takePlace() {
        if (freeSize == 0) {
            int size = places.length;
            int grown = Math.max(16, size * 2);
            places = Arrays.copyOf(places, grown);
            generations = Arrays.copyOf(generations, grown);
            completing = Arrays.copyOf(completing, grown);
            free = Arrays.copyOf(free, grown);
            for (int place = grown - 1; place >= size; place--) {
                free[freeSize++] = place;
            }
        }
        return free[--freeSize];
    }

    private void giveBack(int place) {
        places[place] = null;
        generations[place] = (generations[place] + 1) & Integer.MAX_VALUE;
        free[freeSize++] = place;
    }

    /** Notes a completion. */
    void completed(long token, int result, int flagBits) {
        int place = (int) token;
        if (place >= places.length || !completing[place] || generations[place] != (int) (token >>> Integer.SIZE)) {
            stale++;
            return;
        }
        if (end == tokens.length) {
            makeRoom();
        }
        tokens[end] = token;
        results[end] = result;
        flags[end] = flagBits;
        end++;
        if ((flagBits & CompletionBackend.MORE) == 0) {
            completing[place] = false;
            inFlight--;
        }
    }

    private void makeRoom() {
        int count = end - head;
        int length = count > tokens.length / 2 ? tokens.length * 2 : tokens.length;
        tokens = Arrays.copyOf(Arrays.copyOfRange(tokens, head, end), length);
        results = Arrays.copyOf(Arrays.copyOfRange(results, head, end), length);
        flags = Arrays.copyOf(Arrays.copyOfRange(flags, head, end), length);
        kept = Arrays.copyOf(Arrays.copyOfRange(kept, head, end), length);
        head = 0;
        end = count;
    }

    /** Delivers the next completion. There is one. */
    void deliverNext(@Nullable CompletionBackend backend) {
        int i = head++;
        int place = (int) tokens[i];
        int result = results[i];
        int flagBits = flags[i];
        Object known = kept[i];
        kept[i] = null;
        if (head == end) {
            head = 0;
            end = 0;
        }
        KernelRequest request = Objects.requireNonNull(places[place]);
        boolean more = (flagBits & CompletionBackend.MORE) != 0;
        if (!more) {
            request.token = KernelRequest.NOT_IN_FLIGHT;
            giveBack(place);
        }
        if (known != null) {
            request.completed(
                    result,
                    known instanceof ByteBuffer copy ? copy : null,
                    known instanceof IOException e ? e : null,
                    more);
        } else if ((flagBits & CompletionBackend.LENT) == 0) {
            request.completed(
                    result,
                    null,
                    isFailure(result) ? failure(Objects.requireNonNull(backend), request, result) : null,
                    more);
        } else {
            lend(Objects.requireNonNull(backend), flagBits >>> Short.SIZE, request, result, more);
        }
    }

    private void lend(CompletionBackend lender, int number, KernelRequest request, int result, boolean more) {
        ByteBuffer bytes = lender.lent(number);
        bytes.limit(result);
        lent.begin(number);
        try {
            request.completed(result, bytes, null, more);
        } finally {
            lent.end(lender);
        }
    }

    private static boolean isFailure(int result) {
        return result < 0
                && result != CompletionBackend.CANCELLED
                && result != CompletionBackend.AGAIN
                && result != CompletionBackend.NO_BUFFERS;
    }

    private static IOException failure(CompletionBackend backend, KernelRequest request, int result) {
        return backend.failure(request.kind, request.fd, result);
    }

    /**
     * Ends everything in flight at a backend that is about to be closed: what was not done completes as cancelled. What
     * only that backend knows of completions is kept.
     *
     * @throws IOException if a wait fails, or some do not end for long; they go on then
     */
    void drain(CompletionBackend old, EventSink sink) throws IOException {
        for (int i = 0; inFlight > 0 && i < WAITS_OF_A_DRAIN; i++) {
            if (i % 100 == 0) {
                cancelAll(old);
            }
            old.flush();
            old.await(i == 0 ? 0 : NANOS_OF_A_WAIT, sink);
        }
        if (inFlight > 0) {
            throw new IOException(inFlight + " operations do not end, although they were cancelled; try again later");
        }
        for (int i = head; i < end; i++) {
            if (kept[i] != null) {
                continue;
            }
            if ((flags[i] & CompletionBackend.LENT) != 0) {
                ByteBuffer lent = old.lent(flags[i] >>> Short.SIZE);
                lent.limit(results[i]);
                kept[i] = ByteBuffer.allocateDirect(results[i]).put(lent).flip();
            } else if (isFailure(results[i])) {
                kept[i] = failure(old, Objects.requireNonNull(places[(int) tokens[i]]), results[i]);
            }
        }
    }

    private void cancelAll(CompletionBackend old) {
        for (KernelRequest request : places) {
            if (request != null) {
                old.cancel(request.token);
            }
        }
    }

    /** After the close of the selector: whatever completions brought is given back, and nothing is in flight any more. */
    void close() {
        for (; head < end; head++) {
            KernelRequest request = Objects.requireNonNull(places[(int) tokens[head]]);
            request.discarded(results[head]);
        }
        for (KernelRequest request : places) {
            if (request != null) {
                request.token = KernelRequest.NOT_IN_FLIGHT;
            }
        }
        places = new KernelRequest[0];
        freeSize = 0;
        inFlight = 0;
        head = 0;
        end = 0;
    }
}
