package dev.pollux.tck.mutants;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** That docs/mutants.md has the mutants that there are, each with the rule that {@link RulesCatchMutantsTest} proves. */
class MutantTableTest {

    private static final Path TABLE = Path.of("..", "docs", "mutants.md");

    @Test
    void theTableHasEveryMutantWithItsRule() throws IOException {
        List<String> rows;
        try (var lines = Files.lines(TABLE)) {
            rows = lines.takeWhile(line -> !line.startsWith("## "))
                    .filter(line -> line.startsWith("| `"))
                    .toList();
        }

        List<String> expected = Arrays.stream(Mutation.values())
                .map(mutation -> "| `" + mutation + "` | " + mutation.part() + " | " + mutation.rule() + " |")
                .toList();

        assertEquals(String.join("\n", expected), String.join("\n", rows));
    }
}
