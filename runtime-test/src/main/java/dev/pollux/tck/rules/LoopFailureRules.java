package dev.pollux.tck.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Events;
import dev.pollux.loop.Registration;
import dev.pollux.tck.source.TestSource;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** LOOP-4: what one callback, task or timer that throws does to the others: nothing. */
public interface LoopFailureRules extends LoopRuleGroup {

    @Test
    @Rule("LOOP-4")
    default void throwingCallbackTaskAndTimerAffectNothingElse() throws Exception {
        TestSource bad = sources().reader();
        TestSource good = sources().reader();
        CompletableFuture<Void> reached = new CompletableFuture<>();
        loop().register(bad.fileobj(), Events.READ, (handle, ready) -> {
            bad.drain();
            throw new IOException("callback");
        });
        loop().register(good.fileobj(), Events.READ, (handle, ready) -> {
            good.drain();
            loop().execute(() -> reached.complete(null));
        });
        loop().execute(() -> {
            throw new IllegalStateException("task");
        });
        loop().schedule(Duration.ZERO, () -> {
            throw new AssertionError("timer");
        });
        loop().start();
        bad.makeReadable();
        fixture().await(() -> fixture().failures.size() >= 3, "three failures are reported");
        good.makeReadable();

        fixture().soon(reached);
        assertEquals(3, fixture().failures.size());
    }

    @Test
    @Rule("LOOP-4")
    default void callbackThatAlwaysThrowsIsIsolated() throws Exception {
        TestSource source = sources().reader();
        source.makeReadable();
        Registration registration = loop().register(source.fileobj(), Events.READ, (handle, ready) -> {
            throw new IOException("always");
        });
        for (int turn = 0; turn < 5; turn++) {
            assertTrue(loop().runOnce(Duration.ofSeconds(5)));
        }

        assertFalse(loop().runOnce(Duration.ofMillis(5)));

        assertEquals(5, fixture().failures.size());
        assertEquals(Events.NONE, registration.key().events());
    }
}
