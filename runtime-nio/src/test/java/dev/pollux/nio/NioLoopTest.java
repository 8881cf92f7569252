package dev.pollux.nio;

import dev.pollux.tck.LoopRules;
import dev.pollux.tck.Subject;

class NioLoopTest extends LoopRules {

    @Override
    protected Subject newSubject() {
        return Subject.of(new NioBackendProvider());
    }
}
