package dev.pollux.nio;

import dev.pollux.tck.OperationRules;
import dev.pollux.tck.Subject;

class NioOperationRulesTest extends OperationRules {

    @Override
    protected Subject newSubject() {
        return Subject.of(new NioBackendProvider());
    }
}
