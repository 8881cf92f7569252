package dev.pollux.internal.leak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Selectors;
import dev.pollux.internal.selector.ScriptedProvider;
import dev.pollux.loop.EventLoop;
import dev.pollux.testlog.LogLines;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LeaksTest {

    private final BlockingQueue<String> forgotten = new LinkedBlockingQueue<>();
    private final BlockingQueue<Throwable> places = new LinkedBlockingQueue<>();

    @BeforeEach
    void watch() {
        Leaks.reportTo((what, opened) -> {
            places.add(opened);
            forgotten.add(what);
        });
    }

    @AfterEach
    void stopWatching() {
        Leaks.reportTo(null);
    }

    /** Collects garbage until something is reported. */
    private String awaitReport() throws InterruptedException {
        String reported = null;
        while (reported == null) {
            System.gc();
            reported = forgotten.poll(100, TimeUnit.MILLISECONDS);
        }
        return reported;
    }

    @Test
    void forgottenSelectorIsReportedWithWhereItWasOpened() throws Exception {
        ScriptedProvider provider = ScriptedProvider.withEverything();
        forget(provider);

        assertEquals("selector on backend scripted", awaitReport());

        assertTrue(Arrays.stream(places.remove().getStackTrace())
                .anyMatch(frame -> frame.getMethodName().equals("forget")));
        assertFalse(provider.current().closed, "it is reported, and not closed");
    }

    private static void forget(ScriptedProvider provider) throws IOException {
        Selectors.open(provider).wakeup();
    }

    @Test
    void theSelectorOfAForgottenLoopThatHasRunIsReported() throws Exception {
        forgetLoop(ScriptedProvider.withEverything());

        assertEquals("selector on backend scripted", awaitReport());
    }

    private static void forgetLoop(ScriptedProvider provider) throws IOException {
        EventLoop loop = EventLoop.builder().backend(provider).open();
        loop.execute(() -> {});
        loop.schedule(Duration.ZERO, () -> {});
        loop.schedule(Duration.ofHours(1), () -> {}).cancel();
        loop.runOnce(Duration.ZERO);
        loop.runOnce(Duration.ZERO);
    }

    @Test
    void reportIsALineOfTheLog() throws Exception {
        LogLines.clear();
        Leaks.reportTo((what, opened) -> {
            Leaks.logged(what, opened);
            forgotten.add(what);
        });
        forget(ScriptedProvider.withEverything());

        awaitReport();

        assertEquals(
                1,
                LogLines.with("selector on backend scripted was never closed").size());
    }

    @Test
    void closedSelectorIsNotReported() throws Exception {
        Selectors.open(ScriptedProvider.withEverything()).close();
        Object later = new Object();
        assertNotNull(Leaks.watch(later, "later"));
        later = null;

        assertEquals("later", awaitReport());
        assertNull(forgotten.poll());
    }

    @Test
    void nothingIsWatchedUnlessAskedFor() {
        Leaks.reportTo(null);

        assertNull(Leaks.watch(this, "this"));
    }

    @Test
    void watchThatIsEndedTwiceReportsNothing() {
        Leaks.Watch watch = Leaks.watch(this, "this");
        assertNotNull(watch);

        watch.closed();
        watch.closed();

        assertNull(forgotten.poll());
    }
}
