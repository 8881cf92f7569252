package dev.pollux.ffm;

import dev.pollux.ffm.testing.LibcDescriptors;
import dev.pollux.tck.SelectorRules;
import dev.pollux.tck.Subject;
import org.junit.jupiter.api.condition.EnabledIf;

/** On raw descriptors. */
@EnabledIf("dev.pollux.ffm.IoUringOnly#isHere")
class IoUringRulesTest extends SelectorRules {

    @Override
    protected Subject newSubject() {
        return Subject.of(new IoUringBackendProvider()).withDescriptors(new LibcDescriptors());
    }
}
