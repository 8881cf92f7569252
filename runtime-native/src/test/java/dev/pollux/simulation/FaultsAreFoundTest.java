package dev.pollux.simulation;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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

    /** What finds all but the rare ones. */
    private static final int SEEDS = 5_000;

    /** What finds the rare ones too: particular steps of three threads must meet. */
    private static final int MANY_SEEDS = 100_000;

    @ParameterizedTest
    @EnumSource
    void aFaultIsFound(Fault fault) {
        int seeds = fault.isRare() ? MANY_SEEDS : SEEDS;
        assumeTrue(
                !fault.isRare() || Long.getLong("pollux.simulation.seeds", SEEDS) >= seeds,
                "rare: with -Psimulation-long");

        assertTrue(Explorer.search(fault, seeds) >= 0, () -> "not found by " + seeds + " seeds");
    }

    @Test
    void theTableOfFaultsIsComplete() throws IOException {
        String table = Files.readString(Path.of("..", "docs", "interleavings.md"));

        for (Fault fault : Fault.values()) {
            assertTrue(table.contains("| `" + fault + "` |"), () -> "docs/interleavings.md has no " + fault);
        }
    }
}
