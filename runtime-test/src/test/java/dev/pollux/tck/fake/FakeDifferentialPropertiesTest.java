package dev.pollux.tck.fake;

import dev.pollux.tck.DifferentialProperties;
import dev.pollux.tck.Subject;

/** A backend that reports all in one order, and one that reports little at a time in another. */
class FakeDifferentialPropertiesTest extends DifferentialProperties {

    @Override
    protected Subject oneSubject() {
        FakeKernel kernel = FakeKernel.builder().seed(3).build();
        return Subject.of(kernel.provider()).withDescriptors(kernel);
    }

    @Override
    protected Subject otherSubject() {
        FakeKernel kernel = FakeKernel.builder().seed(4).batchLimit(3).build();
        return Subject.of(kernel.provider()).withDescriptors(kernel).withBatchLimit(3);
    }
}
