package dev.pollux.ffm.sys;

import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Puts {@link StandIns} in place before the first test class can link a native call. Found by service look-up. */
public final class InstallStandIns implements BeforeAllCallback {

    @Override
    public void beforeAll(ExtensionContext context) {
        StandIns.install();
    }
}
