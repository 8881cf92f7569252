package dev.pollux.tck.fake;

import dev.pollux.tck.OperationRules;
import dev.pollux.tck.Subject;

class FakeOperationRulesTest extends OperationRules {

    @Override
    protected Subject newSubject() {
        FakeKernel kernel = FakeKernel.create();
        return Subject.of(kernel.provider()).withDescriptors(kernel);
    }
}
