package dev.pollux.ffm;

import dev.pollux.ffm.sys.StandIns;
import dev.pollux.ffm.testing.LibcDescriptors;
import dev.pollux.tck.SelectorRules;
import dev.pollux.tck.Subject;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** On raw descriptors. */
@EnabledIf("dev.pollux.ffm.sys.StandIns#haveDevpoll")
@EnabledOnOs(OS.LINUX) // as the descriptors are
class DevpollRulesTest extends SelectorRules {

    @Override
    protected Subject newSubject() {
        return StandIns.subject(StandIns.devpoll()).withDescriptors(new LibcDescriptors());
    }
}
