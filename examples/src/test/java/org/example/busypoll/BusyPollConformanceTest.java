package org.example.busypoll;

import dev.pollux.tck.BackendConformance;
import dev.pollux.tck.Subject;

class BusyPollConformanceTest extends BackendConformance {

    @Override
    protected Subject newSubject() {
        return Subject.of(new BusyPollBackendProvider());
    }
}
