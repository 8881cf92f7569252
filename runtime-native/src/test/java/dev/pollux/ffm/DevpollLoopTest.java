package dev.pollux.ffm;

import dev.pollux.ffm.sys.StandIns;
import dev.pollux.tck.LoopRules;
import dev.pollux.tck.Subject;
import org.junit.jupiter.api.condition.EnabledIf;

@EnabledIf("dev.pollux.ffm.sys.StandIns#haveDevpoll")
class DevpollLoopTest extends LoopRules {

    @Override
    protected Subject newSubject() {
        return StandIns.subject(StandIns.devpoll());
    }
}
