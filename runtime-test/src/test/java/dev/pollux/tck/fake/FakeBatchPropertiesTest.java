package dev.pollux.tck.fake;

import dev.pollux.tck.SelectorProperties;
import dev.pollux.tck.Subject;

/** With batches smaller than what is ready. */
class FakeBatchPropertiesTest extends SelectorProperties {

    private static final int BATCH = 2;

    @Override
    protected Subject newSubject() {
        FakeKernel kernel = FakeKernel.builder().seed(2).batchLimit(BATCH).build();
        return Subject.of(kernel.provider()).withDescriptors(kernel).withBatchLimit(BATCH);
    }
}
