package dev.pollux.ffm;

import dev.pollux.ffm.sys.StandIns;
import dev.pollux.tck.SelectorProperties;
import dev.pollux.tck.Subject;

/** On Java channels. */
class KqueueChannelPropertiesTest extends SelectorProperties {

    @Override
    protected Subject newSubject() {
        return StandIns.subject(StandIns.kqueue());
    }
}
