package dev.pollux.internal.discovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Availability;
import dev.pollux.BackendCandidate;
import dev.pollux.Capability;
import dev.pollux.Requirements;
import dev.pollux.Selectors;
import dev.pollux.spi.Backend;
import dev.pollux.spi.BackendOptions;
import dev.pollux.spi.BackendProvider;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real services files and class loaders with something wrong in them. */
class DiscoveryTest {

    private static final String HEALTHY = Healthy.class.getName();
    private static final String THROWING = Throwing.class.getName();

    @TempDir
    Path directory;

    private final ClassLoader before = Thread.currentThread().getContextClassLoader();

    @AfterEach
    void restore() {
        Thread.currentThread().setContextClassLoader(before);
    }

    private List<BackendCandidate> discovered(String... lines) throws IOException {
        Path services = Files.createDirectories(directory.resolve("META-INF/services"));
        Files.write(services.resolve(BackendProvider.class.getName()), List.of(lines));
        try (URLClassLoader loader = new URLClassLoader(
                new URL[] {directory.toUri().toURL()}, getClass().getClassLoader())) {
            Thread.currentThread().setContextClassLoader(loader);
            return Discovery.discover(Overrides.NONE).candidates(Requirements.none());
        }
    }

    private static BackendCandidate find(List<BackendCandidate> candidates, String name) {
        return candidates.stream()
                .filter(c -> c.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError(name + " is not in " + candidates));
    }

    // DISC-2
    @Test
    void healthyProviderIsFoundBehindEveryKindOfBrokenOne() throws IOException {
        List<BackendCandidate> candidates =
                discovered("no.such.Provider", THROWING, getClass().getName(), HEALTHY);

        assertTrue(find(candidates, "healthy").isAvailable());
        assertTrue(
                find(candidates, "no.such.Provider").availability().toString().contains("not found"));
        assertTrue(find(candidates, THROWING).availability().toString().contains("constructed badly"));
        assertTrue(
                find(candidates, getClass().getName()).availability().toString().contains("subtype"));
    }

    // DISC-2
    @Test
    void providerForANewerJavaIsListedWithTheJavaItNeeds() throws IOException {
        int version = Runtime.version().feature() + 1;
        Path target = directory.resolve("newer/Provider.class");
        Files.createDirectories(target.getParent());
        Files.write(target, classFileOfVersion(version + 44));

        List<BackendCandidate> candidates = discovered("newer.Provider", HEALTHY);

        assertTrue(find(candidates, "healthy").isAvailable());
        assertTrue(
                find(candidates, "newer.Provider").availability().toString().contains("needs Java " + version),
                candidates.toString());
    }

    @Test
    void providerNamedTwiceIsListedOnce() throws IOException {
        List<BackendCandidate> candidates = discovered(HEALTHY, HEALTHY);

        assertEquals(
                1, candidates.stream().filter(c -> c.name().equals("healthy")).count());
    }

    /** As in a jar of all jars into which only one of several files of the same name has come. */
    @Test
    void aProviderThatIsThereButInNoServicesFileIsNamedWithTheWayOut() throws Exception {
        Path provider = directory.resolve("dev/pollux/ffm/EpollBackendProvider.class");
        Files.createDirectories(provider.getParent());
        Files.createFile(provider);
        List<URL> path = new ArrayList<>(List.of(directory.toUri().toURL()));
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            path.add(Path.of(entry).toUri().toURL());
        }
        try (URLClassLoader apart =
                new URLClassLoader(path.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            Class<?> selectors = apart.loadClass(Selectors.class.getName());

            Object page = selectors.getMethod("explain").invoke(null);

            assertTrue(
                    page.toString()
                            .replaceAll("\\s+", " ")
                            .contains("dev.pollux.ffm.EpollBackendProvider is there, but in no "
                                    + "META-INF/services/dev.pollux.spi.BackendProvider"),
                    page.toString());
            assertFalse(page.toString().contains("NioBackendProvider is there"), page.toString());
        }
    }

    /** Returns this class's file with another version; nothing behind the version is read if that is too new. */
    private byte[] classFileOfVersion(int major) throws IOException {
        try (InputStream in = getClass().getResourceAsStream("DiscoveryTest.class")) {
            byte[] bytes = in.readAllBytes();
            bytes[6] = (byte) (major >> 8);
            bytes[7] = (byte) major;
            return bytes;
        }
    }

    /** Fails as soon as it is made. */
    public static final class Throwing extends Healthy {

        public Throwing() {
            throw new IllegalStateException("constructed badly");
        }
    }

    /** Does what it should. */
    public static class Healthy implements BackendProvider {

        public Healthy() {}

        @Override
        public String name() {
            return "healthy";
        }

        @Override
        public int priority() {
            return 1;
        }

        @Override
        public Set<Capability> capabilities() {
            return Set.of();
        }

        @Override
        public Availability availability() {
            return Availability.available();
        }

        @Override
        public Backend open(BackendOptions options) throws IOException {
            throw new IOException("not in this test");
        }
    }
}
