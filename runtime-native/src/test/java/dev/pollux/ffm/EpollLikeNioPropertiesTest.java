package dev.pollux.ffm;

import dev.pollux.nio.NioBackendProvider;
import dev.pollux.tck.DifferentialProperties;
import dev.pollux.tck.Subject;
import net.jqwik.api.lifecycle.AddLifecycleHook;

/** On Java channels. */
@AddLifecycleHook(LinuxOnly.class)
class EpollLikeNioPropertiesTest extends DifferentialProperties {

    @Override
    protected Subject oneSubject() {
        return Subject.of(new EpollBackendProvider()).onChannels();
    }

    @Override
    protected Subject otherSubject() {
        return Subject.of(new NioBackendProvider());
    }
}
