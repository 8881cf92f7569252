package dev.pollux.ffm;

import dev.pollux.tck.LoopRules;
import dev.pollux.tck.Subject;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class SelectLoopTest extends LoopRules {

    @Override
    protected Subject newSubject() {
        return Subject.of(new SelectBackendProvider());
    }
}
