package dev.pollux.ffm;

import dev.pollux.ffm.testing.LibcDescriptors;
import dev.pollux.tck.OperationRules;
import dev.pollux.tck.Subject;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.condition.EnabledIf;

@EnabledIf("dev.pollux.ffm.IoUringOnly#isHere")
class IoUringOperationRulesTest {

    @Nested
    class OnDescriptors extends OperationRules {

        @Override
        protected Subject newSubject() {
            return Subject.of(new IoUringBackendProvider()).withDescriptors(new LibcDescriptors());
        }
    }

    @Nested
    class OnChannels extends OperationRules {

        @Override
        protected Subject newSubject() {
            return Subject.of(new IoUringBackendProvider());
        }
    }
}
