package dev.pollux.ffm.internal;

import dev.pollux.tck.OperationRules;
import dev.pollux.tck.Subject;
import org.junit.jupiter.api.condition.EnabledIf;

/** As on Linux 5.19. */
@EnabledIf("dev.pollux.ffm.IoUringOnly#isHere")
class IoUringBeforeLinux60RulesTest extends OperationRules {

    @Override
    protected Subject newSubject() {
        return BeforeLinux60.subject();
    }
}
