package dev.pollux.ffm.internal;

import dev.pollux.ffm.SelectBackendProvider;
import dev.pollux.ffm.testing.LibcDescriptors;
import dev.pollux.tck.SelectorRules;
import dev.pollux.tck.Subject;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** As on macOS, as far as Linux has it. */
@Tag("full")
@EnabledOnOs(OS.LINUX)
class SelectPortableRulesTest extends SelectorRules {

    @Override
    protected Subject newSubject() {
        return Subject.of(new PortableProvider(new SelectBackendProvider(), options -> SelectBackend.open(false)))
                .withRemark("without what only Linux has")
                .withDescriptors(new LibcDescriptors());
    }
}
