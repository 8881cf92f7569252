package dev.pollux.ffm;

import dev.pollux.ffm.sys.StandIns;
import dev.pollux.ffm.testing.LibcDescriptors;
import dev.pollux.tck.LoopRules;
import dev.pollux.tck.Subject;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledIf("dev.pollux.ffm.sys.StandIns#haveDevpoll")
class DevpollLoopTest {

    @Nested
    @EnabledOnOs(OS.LINUX) // as the descriptors are
    class OnDescriptors extends LoopRules {

        @Override
        protected Subject newSubject() {
            return StandIns.subject(StandIns.devpoll()).withDescriptors(new LibcDescriptors());
        }
    }

    @Nested
    class OnChannels extends LoopRules {

        @Override
        protected Subject newSubject() {
            return StandIns.subject(StandIns.devpoll());
        }
    }
}
