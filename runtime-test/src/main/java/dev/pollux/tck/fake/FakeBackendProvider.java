package dev.pollux.tck.fake;

import dev.pollux.Availability;
import dev.pollux.Capability;
import dev.pollux.spi.Backend;
import dev.pollux.spi.BackendOptions;
import dev.pollux.spi.BackendProvider;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/**
 * Opens backends that watch the descriptors of a {@link FakeKernel}, and fails the calls that it is to fail.
 *
 * <p><b>Thread:</b> any.
 */
public final class FakeBackendProvider implements BackendProvider {

    /** What can be refused. */
    public enum Call {
        /** {@link BackendProvider#open}. */
        OPEN,
        /** {@link Backend#add}. */
        ADD,
        /** {@link Backend#change}. */
        CHANGE
    }

    private final FakeKernel kernel;

    // By the count of the call, which begins with 1.
    private final Map<Call, Map<Integer, IOException>> refusals = new EnumMap<>(Call.class);
    private final Map<Call, Integer> made = new EnumMap<>(Call.class);

    FakeBackendProvider(FakeKernel kernel) {
        this.kernel = kernel;
    }

    /**
     * Refuses a call to come, of whichever backend, and leaves everything as it was.
     *
     * @param which 1 for the next one
     * @param refusal what is thrown
     * @throws IllegalArgumentException if {@code which} is less than 1
     */
    public synchronized void refuse(Call call, int which, IOException refusal) {
        Objects.requireNonNull(refusal, "refusal");
        if (which < 1) {
            throw new IllegalArgumentException("call " + which + " of " + call + ": the next one is 1");
        }
        refusals.computeIfAbsent(call, any -> new TreeMap<>()).put(count(call) + which, refusal);
    }

    /** Returns how often a call was made so far, refused ones among them. */
    public synchronized int count(Call call) {
        return made.getOrDefault(call, 0);
    }

    synchronized void making(Call call) throws IOException {
        int number = made.merge(call, 1, Integer::sum);
        IOException refusal = refusals.getOrDefault(call, Map.of()).get(number);
        if (refusal != null) {
            throw refusal;
        }
    }

    /** Returns {@code fake}. */
    @Override
    public String name() {
        return "fake";
    }

    /** Returns 0: a fake is not found by discovery, and would come last. */
    @Override
    public int priority() {
        return 0;
    }

    @Override
    public Set<Capability> capabilities() {
        return kernel.capabilities;
    }

    @Override
    public Availability availability() {
        return Availability.available();
    }

    @Override
    public Backend open(BackendOptions options) throws IOException {
        making(Call.OPEN);
        return kernel.openBackend(options);
    }
}
