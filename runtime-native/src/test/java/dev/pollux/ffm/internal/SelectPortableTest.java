package dev.pollux.ffm.internal;

import dev.pollux.spi.Backend;
import java.io.IOException;

/** As on macOS, as far as Linux has it. */
class SelectPortableTest extends DescriptorBackendTests {

    SelectPortableTest() {
        super("pselect", 5);
    }

    @Override
    Backend newBackend() throws IOException {
        return SelectBackend.open(false);
    }
}
