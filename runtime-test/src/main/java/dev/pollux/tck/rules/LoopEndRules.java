package dev.pollux.tck.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.pollux.Events;
import dev.pollux.tck.source.TestSource;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** LOOP-7: the end of a loop. */
public interface LoopEndRules extends LoopRuleGroup {

    @Test
    @Rule("LOOP-7")
    default void stopEndsASleepingLoop() throws Exception {
        long sleeps = calls().sleeps();
        Thread thread = loop().start();
        fixture().awaitAsleep(sleeps);

        loop().stop();

        thread.join(fixture().subject.patience().toMillis());
        assertFalse(thread.isAlive());
    }

    @Test
    @Rule("LOOP-7")
    default void closeRunsWhatWasAcceptedRefusesTheRestAndReleasesTheBackend() throws Exception {
        loop().start();
        AtomicInteger ran = new AtomicInteger();
        for (int i = 0; i < 5 * LoopFixture.TASK_BUDGET; i++) {
            loop().execute(ran::incrementAndGet);
        }

        loop().close();

        assertEquals(5 * LoopFixture.TASK_BUDGET, ran.get());
        assertThrows(RejectedExecutionException.class, () -> loop().execute(() -> {}));
        assertEquals(calls().opened(), calls().closed());
    }

    @Test
    @Rule("LOOP-7")
    default void closeLeavesSourcesOpen() throws Exception {
        TestSource source = sources().reader();
        loop().register(source.fileobj(), Events.READ, (handle, ready) -> {});

        loop().close();

        source.makeReadable();
        assertEquals(1, source.drain());
    }
}
