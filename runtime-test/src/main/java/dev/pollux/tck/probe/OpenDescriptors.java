package dev.pollux.tck.probe;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** The descriptors that this process has open, where the system says so, and what they are. */
public final class OpenDescriptors {

    private static final Path TABLE = Path.of("/proc/self/fd");

    private OpenDescriptors() {}

    /**
     * Returns number and target of each; empty if the system does not tell. Files are left out, devices are not: class
     * loaders keep archives open, and the JVM looks into its control group from time to time.
     */
    public static Map<Integer, String> now() {
        Map<Integer, String> targets = new TreeMap<>();
        String[] numbers = TABLE.toFile().list();
        if (numbers != null) {
            for (String number : numbers) {
                try {
                    String target =
                            Files.readSymbolicLink(TABLE.resolve(number)).toString();
                    if (!target.startsWith("/") || target.startsWith("/dev/")) {
                        targets.put(Integer.valueOf(number), target);
                    }
                } catch (IOException closedMeanwhile) {
                    // The one through which the directory was listed.
                }
            }
        }
        return targets;
    }
}
