package dev.pollux.nio;

import dev.pollux.tck.OperationProperties;
import dev.pollux.tck.Subject;

class NioOperationPropertiesTest extends OperationProperties {

    @Override
    protected Subject newSubject() {
        return Subject.of(new NioBackendProvider());
    }
}
