package dev.pollux.tck.fake;

import dev.pollux.tck.SelectorProperties;
import dev.pollux.tck.Subject;

class FakePropertiesTest extends SelectorProperties {

    @Override
    protected Subject newSubject() {
        FakeKernel kernel = FakeKernel.builder().seed(1).build();
        return Subject.of(kernel.provider()).withDescriptors(kernel);
    }
}
