package dev.pollux.tck.fake;

import dev.pollux.tck.LoopRules;
import dev.pollux.tck.Subject;

class FakeLoopTest extends LoopRules {

    @Override
    protected Subject newSubject() {
        FakeKernel kernel = FakeKernel.create();
        return Subject.of(kernel.provider()).withDescriptors(kernel);
    }
}
