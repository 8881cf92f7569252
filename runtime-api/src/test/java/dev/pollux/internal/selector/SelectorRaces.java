package dev.pollux.internal.selector;

import dev.pollux.NanoClock;
import dev.pollux.internal.discovery.BackendCatalog;
import java.io.IOException;
import java.nio.channels.ClosedSelectorException;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * What may and what must not happen when a wakeup, a close and a swap of one selector meet.
 *
 * <p>Each result has the wakeups that met a closed backend or met its close, the backends that were not closed exactly
 * once, and the waits that went on although they were to end.
 */
final class SelectorRaces {

    private SelectorRaces() {}

    /** The thread that waits closes, after a wait that has ended by itself; another is on its way to wake it. */
    @JCStressTest
    @Outcome(id = "0, 0, 0", expect = Expect.ACCEPTABLE, desc = "the wakeup comes before the close, or not at all")
    @Outcome(expect = Expect.FORBIDDEN, desc = "a late wakeup, or a backend not closed once")
    @State
    public static class AWakeupMeetsAClose extends Selecting {

        @Actor
        public void owner() {
            select(1);
            selector.close();
        }

        @Actor
        public void waker() {
            selector.wakeup();
        }

        @Arbiter
        public void count(III_Result r) {
            closeAndCount(r);
        }
    }

    /** One thread waits, another closes: its own wakeup must be over when the first one releases the backend. */
    @JCStressTest
    @Outcome(id = "0, 0, 0", expect = Expect.ACCEPTABLE, desc = "the wait ends")
    @Outcome(expect = Expect.FORBIDDEN, desc = "a wait that goes on, a late wakeup, or a backend not closed once")
    @State
    public static class ACloseEndsAWait extends Selecting {

        @Actor
        public void sleeper() {
            select(Long.MAX_VALUE);
        }

        @Actor
        public void closer() {
            selector.close();
        }

        @Arbiter
        public void count(III_Result r) {
            closeAndCount(r);
        }
    }

    /** One thread changes the backend and then waits; one wakes it, before the change, in it or after it. */
    @JCStressTest
    @Outcome(id = "0, 0, 0", expect = Expect.ACCEPTABLE, desc = "the wait ends")
    @Outcome(expect = Expect.FORBIDDEN, desc = "a lost wakeup, a late one, or a backend not closed once")
    @State
    public static class AWakeupInASwapIsNotLost extends Selecting {

        @Actor
        public void owner() {
            swap();
            select(Long.MAX_VALUE);
        }

        @Actor
        public void waker() {
            selector.wakeup();
        }

        @Arbiter
        public void count(III_Result r) {
            closeAndCount(r);
        }
    }

    /** One thread changes the backend after a wait that has ended by itself; one is on its way to wake it. */
    @JCStressTest
    @Outcome(id = "0, 0, 0", expect = Expect.ACCEPTABLE, desc = "the wakeup comes before the close, or not at all")
    @Outcome(expect = Expect.FORBIDDEN, desc = "a late wakeup, or a backend not closed once")
    @State
    public static class AWakeupMeetsASwap extends Selecting {

        @Actor
        public void owner() {
            select(1);
            swap();
        }

        @Actor
        public void waker() {
            selector.wakeup();
        }

        @Arbiter
        public void count(III_Result r) {
            closeAndCount(r);
        }
    }

    /** One thread waits and changes the backend, one closes. */
    @JCStressTest
    @Outcome(id = "0, 0, 0", expect = Expect.ACCEPTABLE, desc = "each backend is closed once, after the calls")
    @Outcome(expect = Expect.FORBIDDEN, desc = "a late wakeup, or a backend not closed once")
    @State
    public static class ACloseMeetsASwap extends Selecting {

        @Actor
        public void owner() {
            select(1);
            swap();
        }

        @Actor
        public void closer() {
            selector.close();
        }

        @Arbiter
        public void count(III_Result r) {
            closeAndCount(r);
        }
    }

    /** One thread waits, one wakes it, one closes. */
    @JCStressTest
    @Outcome(id = "0, 0, 0", expect = Expect.ACCEPTABLE, desc = "the wait ends, and no call comes too late")
    @Outcome(expect = Expect.FORBIDDEN, desc = "a lost wakeup, a late one, or a backend not closed once")
    @State
    public static class AWakeupAndACloseEndAWait extends Selecting {

        @Actor
        public void sleeper() {
            select(Long.MAX_VALUE);
        }

        @Actor
        public void waker() {
            selector.wakeup();
        }

        @Actor
        public void closer() {
            selector.close();
        }

        @Arbiter
        public void count(III_Result r) {
            closeAndCount(r);
        }
    }

    /** One thread waits and changes the backend, one wakes it, one closes. */
    @JCStressTest
    @Outcome(id = "0, 0, 0", expect = Expect.ACCEPTABLE, desc = "each backend is closed once, after the calls")
    @Outcome(expect = Expect.FORBIDDEN, desc = "a late wakeup, or a backend not closed once")
    @State
    public static class ACloseMeetsASwapAndAWakeup extends Selecting {

        @Actor
        public void owner() {
            select(1);
            swap();
        }

        @Actor
        public void waker() {
            selector.wakeup();
        }

        @Actor
        public void closer() {
            selector.close();
        }

        @Arbiter
        public void count(III_Result r) {
            closeAndCount(r);
        }
    }

    /** One thread keeps the selector for a wait that ends by itself, another closes it. */
    @JCStressTest
    @Outcome(id = "0, 0, 0", expect = Expect.ACCEPTABLE, desc = "one of the two releases, once")
    @Outcome(expect = Expect.FORBIDDEN, desc = "a backend not closed once, or a late wakeup")
    @State
    public static class ACloseMeetsTheEndOfAClaim extends Selecting {

        @Actor
        public void owner() {
            selector.claim();
            select(1);
            selector.release();
        }

        @Actor
        public void closer() {
            selector.close();
        }

        @Arbiter
        public void count(III_Result r) {
            closeAndCount(r);
        }
    }

    /** One thread keeps the selector and waits in it, another closes it. */
    @JCStressTest
    @Outcome(id = "0, 0, 0", expect = Expect.ACCEPTABLE, desc = "the wait ends")
    @Outcome(expect = Expect.FORBIDDEN, desc = "a wait that goes on, a late wakeup, or a backend not closed once")
    @State
    public static class ACloseEndsAWaitOfAClaim extends Selecting {

        @Actor
        public void sleeper() {
            selector.claim();
            select(Long.MAX_VALUE);
            selector.release();
        }

        @Actor
        public void closer() {
            selector.close();
        }

        @Arbiter
        public void count(III_Result r) {
            closeAndCount(r);
        }
    }

    /** One thread keeps the selector and is gone, two close it; the claim is taken over by the thread that comes next. */
    @JCStressTest
    @Outcome(id = "0, 0, 0", expect = Expect.ACCEPTABLE, desc = "it is released once, at the latest by the next claim")
    @Outcome(expect = Expect.FORBIDDEN, desc = "a backend not closed once, or a late wakeup")
    @State
    public static class ACloseMeetsAClaimThatIsKept extends Selecting {

        @Actor
        public void owner() {
            selector.claim();
            select(1);
        }

        @Actor
        public void closer() {
            selector.close();
        }

        @Actor
        public void otherCloser() {
            selector.close();
        }

        @Arbiter
        public void count(III_Result r) {
            selector.claim();
            selector.release();
            closeAndCount(r);
        }
    }

    /** A selector on backends that count. */
    abstract static class Selecting {

        private static final String OTHER = "other";

        private final CountingBackends backends = new CountingBackends();
        final KeyedSelector selector;

        Selecting() {
            CountingBackends.Provider first = backends.provider("first");
            BackendCatalog catalog = BackendCatalog.of(first, backends.provider(OTHER));
            try {
                selector = new KeyedSelector(first, catalog, NanoClock.system());
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        final void select(long timeoutNanos) {
            try {
                selector.selectNanos(timeoutNanos, (key, ready) -> {});
            } catch (ClosedSelectorException closedMeanwhile) {
                return;
            } catch (IOException overslept) {
                return; // which the backend has counted
            }
        }

        final void swap() {
            try {
                selector.swap(OTHER);
            } catch (ClosedSelectorException closedMeanwhile) {
                return;
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        final void closeAndCount(III_Result r) {
            selector.close();
            r.r1 = backends.lateWakeups();
            r.r2 = backends.notClosedOnce();
            r.r3 = backends.overslept();
        }
    }
}
