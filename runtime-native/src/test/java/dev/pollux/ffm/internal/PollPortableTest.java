package dev.pollux.ffm.internal;

import dev.pollux.spi.Backend;
import java.io.IOException;

/** As on macOS, as far as Linux has it. */
class PollPortableTest extends DescriptorBackendTests {

    PollPortableTest() {
        super("poll", 5);
    }

    @Override
    Backend newBackend() throws IOException {
        return PollBackend.open(false);
    }
}
