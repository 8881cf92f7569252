package dev.pollux.ffm;

import dev.pollux.ffm.sys.StandIns;
import dev.pollux.tck.LoopRules;
import dev.pollux.tck.Subject;
import org.junit.jupiter.api.condition.EnabledIf;

@EnabledIf("dev.pollux.ffm.sys.StandIns#haveKqueue")
class KqueueLoopTest extends LoopRules {

    @Override
    protected Subject newSubject() {
        return StandIns.subject(StandIns.kqueue());
    }
}
