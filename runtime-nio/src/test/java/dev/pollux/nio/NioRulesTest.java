package dev.pollux.nio;

import dev.pollux.tck.SelectorRules;
import dev.pollux.tck.Subject;

class NioRulesTest extends SelectorRules {

    @Override
    protected Subject newSubject() {
        return Subject.of(new NioBackendProvider());
    }
}
