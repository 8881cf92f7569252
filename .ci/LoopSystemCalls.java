import dev.pollux.loop.EventLoop;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** What .ci/system-calls traces: one loop, with lines on standard output to tell the phases apart in the trace. */
public final class LoopSystemCalls {

    private static final int IDLE_SECONDS = 3;
    private static final int TASKS = 10_000;

    public static void main(String[] args) throws Exception {
        try (EventLoop loop = EventLoop.builder().backend("epoll").open()) {
            // Beforehand, so that what the JVM links, loads and compiles at first use is out of the way.
            CountDownLatch ready = new CountDownLatch(1);
            loop.start();
            every(Duration.ofNanos(500_000), loop, 1000, ready);
            ready.await();

            CountDownLatch idled = new CountDownLatch(1);
            loop.execute(() -> {
                mark("idle begins");
                every(Duration.ofSeconds(1), loop, IDLE_SECONDS, idled);
            });
            idled.await();

            CountDownLatch busy = new CountDownLatch(1);
            CountDownLatch submitted = new CountDownLatch(1);
            CountDownLatch done = new CountDownLatch(TASKS);
            loop.execute(() -> {
                busy.countDown();
                try {
                    submitted.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            busy.await();
            long turnsBefore = loop.metrics().turns();
            mark("flood begins");
            for (int i = 0; i < TASKS; i++) {
                loop.execute(done::countDown);
            }
            submitted.countDown();
            done.await();
            mark("flood ends after turns: " + (loop.metrics().turns() - turnsBefore));
        }
    }

    private static void every(Duration period, EventLoop loop, int times, CountDownLatch over) {
        loop.schedule(period, () -> {
            if (times > 1) {
                every(period, loop, times - 1, over);
            } else {
                mark("idle ends");
                over.countDown();
            }
        });
    }

    /** One write(2), by the thread that calls. */
    private static void mark(String phase) {
        System.out.println(phase);
        System.out.flush();
    }
}
