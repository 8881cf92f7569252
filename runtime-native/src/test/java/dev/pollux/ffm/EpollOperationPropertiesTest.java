package dev.pollux.ffm;

import dev.pollux.ffm.testing.LibcDescriptors;
import dev.pollux.tck.OperationProperties;
import dev.pollux.tck.Subject;
import net.jqwik.api.lifecycle.AddLifecycleHook;

/** On raw descriptors. */
@AddLifecycleHook(LinuxOnly.class)
class EpollOperationPropertiesTest extends OperationProperties {

    @Override
    protected Subject newSubject() {
        return Subject.of(new EpollBackendProvider()).withDescriptors(new LibcDescriptors());
    }
}
