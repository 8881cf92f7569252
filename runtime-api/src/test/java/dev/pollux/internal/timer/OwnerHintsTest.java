package dev.pollux.internal.timer;

import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class OwnerHintsTest {

    private static TimerOwner owner() {
        return new Timers(new TimersTest().new ScriptedHost(), () -> 0, 1, 1);
    }

    @Test
    void aThreadIsToldWhoseTimersItRanLastUntilTheyAreForgotten() {
        TimerOwner first = owner();
        TimerOwner second = owner();
        OwnerHints.set(first);
        assertSame(first, OwnerHints.get());
        OwnerHints.set(second);
        assertSame(second, OwnerHints.get());

        OwnerHints.forget(first);
        assertSame(second, OwnerHints.get());
        OwnerHints.forget(second);
        assertNull(OwnerHints.get());
    }

    @Test
    void threadsHaveHintsOfTheirOwn() throws Exception {
        TimerOwner owner = owner();
        OwnerHints.set(owner);
        CompletableFuture<TimerOwner> other = new CompletableFuture<>();
        // Threads that are made one after the other have numbers in sequence.
        Thread thread = new Thread(() -> other.complete(OwnerHints.get()));
        thread.start();
        thread.join();

        assertNotSame(owner, other.get());
        OwnerHints.forget(owner);
    }

    @Test
    void timersAreForgottenWhenTheyEnd() {
        TimersTest.ScriptedHost host = new TimersTest().new ScriptedHost();
        host.inLoop = true;
        Timers timers = new Timers(host, () -> 0, 10, 1);
        timers.once(5, () -> {});
        timers.runDue(0);
        assertSame(timers, OwnerHints.get());

        timers.end();

        assertNull(OwnerHints.get());
    }
}
