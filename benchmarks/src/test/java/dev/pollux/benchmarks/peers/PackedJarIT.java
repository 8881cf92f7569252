package dev.pollux.benchmarks.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import jnr.enxio.channels.NativeSelectorProvider;
import org.junit.jupiter.api.Test;

/** Packing many jars into one loses what none of their classes needs. */
class PackedJarIT {

    private static final Path JAR = Path.of(System.getProperty("pollux.benchmarks.jar"));

    @Test
    void theRunnableJarKnowsTheVersionsOfWhatItComparesWith() throws Exception {
        try (URLClassLoader packed = new URLClassLoader(new URL[] {JAR.toUri().toURL()}, null)) {
            assertEquals(
                    io.netty.util.Version.identify().get("netty-transport").artifactVersion(),
                    Machine.version(packed, "io.netty", "netty-transport"));
            assertEquals(
                    Machine.version(NativeSelectorProvider.class.getClassLoader(), "com.github.jnr", "jnr-enxio"),
                    Machine.version(packed, "com.github.jnr", "jnr-enxio"));
        }
    }
}
