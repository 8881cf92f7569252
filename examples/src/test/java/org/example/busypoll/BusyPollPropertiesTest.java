package org.example.busypoll;

import dev.pollux.tck.SelectorProperties;
import dev.pollux.tck.Subject;

class BusyPollPropertiesTest extends SelectorProperties {

    @Override
    protected Subject newSubject() {
        return Subject.of(new BusyPollBackendProvider());
    }
}
