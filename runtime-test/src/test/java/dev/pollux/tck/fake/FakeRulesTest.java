package dev.pollux.tck.fake;

import dev.pollux.tck.SelectorRules;
import dev.pollux.tck.Subject;

class FakeRulesTest extends SelectorRules {

    @Override
    protected Subject newSubject() {
        FakeKernel kernel = FakeKernel.create();
        return Subject.of(kernel.provider()).withDescriptors(kernel);
    }
}
