package org.example.busypoll;

import dev.pollux.tck.SelectorRules;
import dev.pollux.tck.Subject;

class BusyPollRulesTest extends SelectorRules {

    @Override
    protected Subject newSubject() {
        return Subject.of(new BusyPollBackendProvider());
    }
}
