package dev.pollux.ffm;

import dev.pollux.ffm.sys.StandIns;
import dev.pollux.ffm.testing.LibcDescriptors;
import dev.pollux.tck.SelectorProperties;
import dev.pollux.tck.Subject;

/** On raw descriptors. */
class DevpollPropertiesTest extends SelectorProperties {

    @Override
    protected Subject newSubject() {
        return StandIns.subject(StandIns.devpoll()).withDescriptors(new LibcDescriptors());
    }
}
