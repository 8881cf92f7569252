package dev.pollux.nio;

import dev.pollux.tck.SelectorProperties;
import dev.pollux.tck.Subject;

class NioPropertiesTest extends SelectorProperties {

    @Override
    protected Subject newSubject() {
        return Subject.of(new NioBackendProvider());
    }
}
