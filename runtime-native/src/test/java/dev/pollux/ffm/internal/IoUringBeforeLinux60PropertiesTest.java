package dev.pollux.ffm.internal;

import dev.pollux.ffm.IoUringOnly;
import dev.pollux.tck.OperationProperties;
import dev.pollux.tck.Subject;
import net.jqwik.api.lifecycle.AddLifecycleHook;

/** As on Linux 5.19. */
@AddLifecycleHook(IoUringOnly.class)
class IoUringBeforeLinux60PropertiesTest extends OperationProperties {

    @Override
    protected Subject newSubject() {
        return BeforeLinux60.subject();
    }
}
