package dev.pollux.ffm.internal;

import dev.pollux.ffm.PollBackendProvider;
import dev.pollux.ffm.testing.LibcDescriptors;
import dev.pollux.tck.SelectorRules;
import dev.pollux.tck.Subject;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** As on macOS, as far as Linux has it. */
@Tag("full")
@EnabledOnOs(OS.LINUX)
class PollPortableRulesTest extends SelectorRules {

    @Override
    protected Subject newSubject() {
        return Subject.of(new PortableProvider(new PollBackendProvider(), options -> PollBackend.open(false)))
                .withRemark("without what only Linux has")
                .withDescriptors(new LibcDescriptors());
    }
}
