package dev.pollux.simulation;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The interleavings prove something: each fault that is put into the loop is found by one of the first seeds. */
@Tag("simulation")
class FaultsAreFoundTest {

    private static final int SEEDS = 8_000;

    @ParameterizedTest
    @EnumSource
    void aFaultIsFound(Fault fault) {
        long seed = Explorer.search(fault, SEEDS);

        assertTrue(seed >= 0, "not found by " + SEEDS + " seeds");
    }

    @Test
    void theTableOfFaultsIsComplete() throws IOException {
        String table = Files.readString(Path.of("..", "docs", "interleavings.md"));

        for (Fault fault : Fault.values()) {
            assertTrue(table.contains("| `" + fault + "` |"), () -> "docs/interleavings.md has no " + fault);
        }
    }
}
