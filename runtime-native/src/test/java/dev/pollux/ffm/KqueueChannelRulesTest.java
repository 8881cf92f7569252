package dev.pollux.ffm;

import dev.pollux.ffm.sys.StandIns;
import dev.pollux.ffm.testing.LibcDescriptors;
import dev.pollux.tck.SelectorRules;
import dev.pollux.tck.Subject;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIf;

/** On Java channels. */
@Tag("full")
@EnabledIf("dev.pollux.ffm.sys.StandIns#haveKqueue")
class KqueueChannelRulesTest extends SelectorRules {

    @Override
    protected Subject newSubject() {
        Subject subject = StandIns.subject(StandIns.kqueue());
        // The descriptors are those of Linux.
        return StandIns.areInstalled()
                ? subject.withDescriptors(new LibcDescriptors()).onChannels()
                : subject;
    }
}
