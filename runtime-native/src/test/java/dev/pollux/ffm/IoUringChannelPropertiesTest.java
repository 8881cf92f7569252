package dev.pollux.ffm;

import dev.pollux.tck.SelectorProperties;
import dev.pollux.tck.Subject;
import net.jqwik.api.lifecycle.AddLifecycleHook;

/** On Java channels. */
@AddLifecycleHook(IoUringOnly.class)
class IoUringChannelPropertiesTest extends SelectorProperties {

    @Override
    protected Subject newSubject() {
        return Subject.of(new IoUringBackendProvider());
    }
}
