package dev.pollux.ffm;

import dev.pollux.ffm.sys.LibcDescriptors;
import dev.pollux.tck.SelectorRules;
import dev.pollux.tck.Subject;

/** On raw descriptors. */
class EpollRulesTest extends SelectorRules {

    @Override
    protected Subject newSubject() {
        return Subject.of(new EpollBackendProvider()).withDescriptors(new LibcDescriptors());
    }
}
