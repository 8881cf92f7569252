package dev.pollux.ffm.internal;

import dev.pollux.ffm.IoUringBackendProvider;
import dev.pollux.ffm.testing.LibcDescriptors;
import dev.pollux.spi.Backend;
import dev.pollux.spi.BackendOptions;
import dev.pollux.tck.Subject;
import java.io.IOException;

/** Offers io_uring as it is on Linux 5.19, where a receive that stays completes for good with its first part. */
final class BeforeLinux60 extends ForwardingProvider {

    private BeforeLinux60() {
        super(new IoUringBackendProvider());
    }

    /** Returns it as the kit tests it. */
    static Subject subject() {
        return Subject.of(new BeforeLinux60())
                .withRemark("without what Linux 6.0 has")
                .withDescriptors(new LibcDescriptors());
    }

    @Override
    public Backend open(BackendOptions options) throws IOException {
        return IoUringBackend.open(options, Ring.Size.USUAL, false);
    }
}
