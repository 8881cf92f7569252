package dev.pollux.ffm;

import dev.pollux.tck.SelectorProperties;
import dev.pollux.tck.Subject;

/** On Java channels. */
class EpollChannelPropertiesTest extends SelectorProperties {

    @Override
    protected Subject newSubject() {
        return Subject.of(new EpollBackendProvider());
    }
}
