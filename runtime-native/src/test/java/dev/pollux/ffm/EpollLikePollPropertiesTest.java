package dev.pollux.ffm;

import dev.pollux.ffm.testing.LibcDescriptors;
import dev.pollux.tck.DifferentialProperties;
import dev.pollux.tck.Subject;
import net.jqwik.api.lifecycle.AddLifecycleHook;

/** On raw descriptors. */
@AddLifecycleHook(LinuxOnly.class)
class EpollLikePollPropertiesTest extends DifferentialProperties {

    @Override
    protected Subject oneSubject() {
        return Subject.of(new EpollBackendProvider()).withDescriptors(new LibcDescriptors());
    }

    @Override
    protected Subject otherSubject() {
        return Subject.of(new PollBackendProvider()).withDescriptors(new LibcDescriptors());
    }
}
