package dev.pollux.benchmarks.peers;

import dev.pollux.benchmarks.Dispatcher;
import dev.pollux.benchmarks.Dispatchers;
import dev.pollux.benchmarks.Sources;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;

/** Idle registrations, and what each takes of the heap beside its source: {@code load REGISTRATIONS 0}. */
final class HeapSubject implements Metered.Subject {

    private static final int QUIET_COLLECTIONS = 3;
    private static final long PAUSE_MILLIS = 20;
    private static final long NOISE_BYTES = 256;

    private final Dispatcher dispatcher;
    private final Sources sources = Sources.open(0);

    private HeapSubject(Dispatcher dispatcher) throws IOException {
        this.dispatcher = dispatcher;
    }

    static HeapSubject open(Contestant contestant) throws IOException {
        return new HeapSubject(Dispatchers.open(DispatchSubject.side(contestant), ready -> {}));
    }

    @Override
    public void load(int registrations, int unused) throws Exception {
        sources.growTo(1);
        dispatcher.watch(sources.channel(0));
        sources.growTo(registrations + 1);
    }

    @Override
    public Sample run(double seconds) throws Exception {
        long before = used();
        for (int i = 1; i < sources.count(); i++) {
            dispatcher.watch(sources.channel(i));
        }
        return new Sample(sources.count() - 1, 0, used() - before, 0, -1);
    }

    /** What is used once collecting frees nothing more: some objects go only after a cleaner has run. */
    private static long used() throws InterruptedException {
        long used = Long.MAX_VALUE;
        for (int quiet = 0; quiet < QUIET_COLLECTIONS; ) {
            System.gc();
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            long now = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
            quiet = now < used - NOISE_BYTES ? 0 : quiet + 1;
            used = Math.min(now, used);
        }
        return used;
    }
}
