package dev.pollux.ffm;

import dev.pollux.ffm.sys.LibcDescriptors;
import dev.pollux.tck.SelectorProperties;
import dev.pollux.tck.Subject;

/** On raw descriptors. */
class EpollPropertiesTest extends SelectorProperties {

    @Override
    protected Subject newSubject() {
        return Subject.of(new EpollBackendProvider()).withDescriptors(new LibcDescriptors());
    }
}
