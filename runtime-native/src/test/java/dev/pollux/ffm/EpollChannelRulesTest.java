package dev.pollux.ffm;

import dev.pollux.ffm.sys.LibcDescriptors;
import dev.pollux.tck.SelectorRules;
import dev.pollux.tck.Subject;

/** On Java channels. */
class EpollChannelRulesTest extends SelectorRules {

    @Override
    protected Subject newSubject() {
        return Subject.of(new EpollBackendProvider())
                .withDescriptors(new LibcDescriptors())
                .onChannels();
    }
}
