package dev.pollux.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.BackendCandidate;
import dev.pollux.Selectors;
import dev.pollux.spi.BackendProvider;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class NioBackendProviderTest {

    private static final Path CLASSES = Path.of("target/classes");

    @Test
    void bothDeclarationsNameTheSameProviders() throws Exception {
        ModuleDescriptor module =
                ModuleFinder.of(CLASSES).find("dev.pollux.nio").orElseThrow().descriptor();
        ModuleDescriptor.Provides provided = module.provides().iterator().next();

        assertEquals(BackendProvider.class.getName(), provided.service());
        assertEquals(
                provided.providers(),
                Files.readAllLines(CLASSES.resolve("META-INF/services/" + BackendProvider.class.getName())));
    }

    @Test
    void discoveryFindsIt() {
        assertTrue(Selectors.backends().stream()
                .filter(candidate -> candidate.name().equals("nio"))
                .allMatch(BackendCandidate::isAvailable));
        assertEquals(300, new NioBackendProvider().priority());
    }
}
