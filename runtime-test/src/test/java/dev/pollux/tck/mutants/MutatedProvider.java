package dev.pollux.tck.mutants;

import com.google.common.util.concurrent.Uninterruptibles;
import dev.pollux.Availability;
import dev.pollux.Capability;
import dev.pollux.spi.Backend;
import dev.pollux.spi.BackendOptions;
import dev.pollux.spi.BackendProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Pipe;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** Offers what a mutation makes of the backends of a sound provider; its subclasses are faults of a provider itself. */
public class MutatedProvider implements BackendProvider {

    /** Real descriptors that mutants leak on purpose, so that the next test can have them closed. */
    private static final List<Pipe> leaked = new ArrayList<>();

    private final BackendProvider sound;
    private final UnaryOperator<Backend> mutation;

    public MutatedProvider(BackendProvider sound, UnaryOperator<Backend> mutation) {
        this.sound = sound;
        this.mutation = mutation;
    }

    MutatedProvider(BackendProvider sound) {
        this(sound, backend -> backend);
    }

    static void leak() {
        try {
            leaked.add(Pipe.open());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the threads wait for that a mutant leaves behind. */
    private static final Queue<CountDownLatch> kept = new ConcurrentLinkedQueue<>();

    static void closeLeaked() throws IOException {
        kept.forEach(CountDownLatch::countDown);
        kept.clear();
        for (Pipe pipe : leaked) {
            pipe.source().close();
            pipe.sink().close();
        }
        leaked.clear();
    }

    @Override
    public String name() {
        return sound.name();
    }

    @Override
    public int priority() {
        return sound.priority();
    }

    @Override
    public Set<Capability> capabilities() {
        return sound.capabilities();
    }

    @Override
    public Availability availability() {
        return sound.availability();
    }

    @Override
    public Backend open(BackendOptions options) throws IOException {
        return mutation.apply(sound.open(options));
    }

    /** Has another name each time it is asked. */
    static final class ChangesItsName extends MutatedProvider {

        private final AtomicInteger asked = new AtomicInteger();

        ChangesItsName(BackendProvider sound) {
            super(sound);
        }

        @Override
        public String name() {
            return super.name() + asked.incrementAndGet();
        }
    }

    /** Claims one capability more than it has. */
    static final class Claims extends MutatedProvider {

        private final Capability claimed;

        Claims(BackendProvider sound, Capability claimed) {
            super(sound);
            this.claimed = claimed;
        }

        @Override
        public Set<Capability> capabilities() {
            Set<Capability> all = EnumSet.copyOf(super.capabilities());
            all.add(claimed);
            return all;
        }
    }

    /** Has a capability every other time it is asked. */
    static final class ChangesItsMind extends MutatedProvider {

        private final AtomicInteger asked = new AtomicInteger();

        ChangesItsMind(BackendProvider sound) {
            super(sound);
        }

        @Override
        public Set<Capability> capabilities() {
            Set<Capability> some = EnumSet.copyOf(super.capabilities());
            if (asked.incrementAndGet() % 2 == 0) {
                some.remove(Capability.NANOSECOND_TIMEOUTS);
            }
            return some;
        }
    }

    /** Opens one descriptor more than its backends give back. */
    static final class LeaksWhenItOpens extends MutatedProvider {

        LeaksWhenItOpens(BackendProvider sound) {
            super(sound);
        }

        @Override
        public Backend open(BackendOptions options) throws IOException {
            leak();
            return super.open(options);
        }
    }

    /** Begins a thread with each backend and never ends it. */
    static final class LeavesAThread extends MutatedProvider {

        LeavesAThread(BackendProvider sound) {
            super(sound);
        }

        @Override
        public Backend open(BackendOptions options) throws IOException {
            CountDownLatch end = new CountDownLatch(1);
            kept.add(end);
            Thread left = new Thread(() -> Uninterruptibles.awaitUninterruptibly(end), "left-behind");
            left.start();
            return super.open(options);
        }
    }

    /** Opens once and hands the same backend to everybody. */
    static final class SharesOneBackend extends MutatedProvider {

        private Backend only;

        SharesOneBackend(BackendProvider sound) {
            super(sound);
        }

        @Override
        public synchronized Backend open(BackendOptions options) throws IOException {
            if (only == null) {
                only = super.open(options);
            }
            return only;
        }
    }

    /** Every backend after the first overlooks the first source it is given. */
    static final class LosesOneInASwap extends MutatedProvider {

        private final AtomicInteger opened = new AtomicInteger();

        LosesOneInASwap(BackendProvider sound) {
            super(sound);
        }

        @Override
        public Backend open(BackendOptions options) throws IOException {
            Backend backend = super.open(options);
            return opened.incrementAndGet() == 1 ? backend : new WatchMutants.OverlooksTheFirst(backend);
        }
    }
}
