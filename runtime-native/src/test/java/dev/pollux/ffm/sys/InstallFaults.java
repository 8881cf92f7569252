package dev.pollux.ffm.sys;

import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/** Puts {@link Faults} in place before any test, condition or property can link a native call. Found by service look-up. */
public final class InstallFaults implements LauncherSessionListener {

    @Override
    public void launcherSessionOpened(LauncherSession session) {
        Faults.install();
    }
}
