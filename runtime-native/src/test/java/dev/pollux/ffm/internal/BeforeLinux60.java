package dev.pollux.ffm.internal;

import dev.pollux.Availability;
import dev.pollux.Capability;
import dev.pollux.ffm.IoUringBackendProvider;
import dev.pollux.ffm.testing.LibcDescriptors;
import dev.pollux.spi.Backend;
import dev.pollux.spi.BackendOptions;
import dev.pollux.spi.BackendProvider;
import dev.pollux.tck.Subject;
import java.io.IOException;
import java.util.Set;

/** Offers io_uring as it is on Linux 5.19, where a receive that stays completes for good with its first part. */
final class BeforeLinux60 implements BackendProvider {

    private final BackendProvider real = new IoUringBackendProvider();

    private BeforeLinux60() {}

    /** Returns it as the kit tests it. */
    static Subject subject() {
        return Subject.of(new BeforeLinux60())
                .withRemark("without what Linux 6.0 has")
                .withDescriptors(new LibcDescriptors());
    }

    @Override
    public String name() {
        return real.name();
    }

    @Override
    public int priority() {
        return real.priority();
    }

    @Override
    public Set<Capability> capabilities() {
        return real.capabilities();
    }

    @Override
    public Availability availability() {
        return real.availability();
    }

    @Override
    public Backend open(BackendOptions options) throws IOException {
        return IoUringBackend.open(options, Ring.Size.USUAL, false);
    }
}
