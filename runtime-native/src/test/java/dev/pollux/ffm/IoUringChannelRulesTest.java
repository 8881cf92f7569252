package dev.pollux.ffm;

import dev.pollux.ffm.testing.LibcDescriptors;
import dev.pollux.tck.SelectorRules;
import dev.pollux.tck.Subject;
import org.junit.jupiter.api.condition.EnabledIf;

/** On Java channels. */
@EnabledIf("dev.pollux.ffm.IoUringOnly#isHere")
class IoUringChannelRulesTest extends SelectorRules {

    @Override
    protected Subject newSubject() {
        return Subject.of(new IoUringBackendProvider())
                .withDescriptors(new LibcDescriptors())
                .onChannels();
    }
}
