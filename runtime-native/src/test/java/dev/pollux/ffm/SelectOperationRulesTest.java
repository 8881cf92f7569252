package dev.pollux.ffm;

import dev.pollux.ffm.testing.LibcDescriptors;
import dev.pollux.tck.OperationRules;
import dev.pollux.tck.Subject;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class SelectOperationRulesTest {

    @Nested
    class OnDescriptors extends OperationRules {

        @Override
        protected Subject newSubject() {
            return Subject.of(new SelectBackendProvider()).withDescriptors(new LibcDescriptors());
        }
    }

    @Nested
    class OnChannels extends OperationRules {

        @Override
        protected Subject newSubject() {
            return Subject.of(new SelectBackendProvider());
        }
    }
}
