package dev.pollux.ffm;

import dev.pollux.tck.LoopRules;
import dev.pollux.tck.Subject;

class EpollLoopTest extends LoopRules {

    @Override
    protected Subject newSubject() {
        return Subject.of(new EpollBackendProvider());
    }
}
