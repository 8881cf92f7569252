package org.example.busypoll;

import dev.pollux.tck.LoopRules;
import dev.pollux.tck.Subject;

class BusyPollLoopTest extends LoopRules {

    @Override
    protected Subject newSubject() {
        return Subject.of(new BusyPollBackendProvider());
    }
}
