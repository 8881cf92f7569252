package dev.pollux.ffm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;

/** Runs the {@code *Races} classes of this module under jcstress, as the test of this name in runtime-api does. */
@Tag("full")
class RacesTest {

    // Once is enough, on the JDK whose compilers reorder the most.
    @Test
    @EnabledForJreRange(min = JRE.JAVA_25)
    void nothingForbiddenHappens(@TempDir Path results) throws IOException, InterruptedException {
        String options = System.getProperty("pollux.races", "-m sanity");
        String command = Path.of(System.getProperty("java.home"), "bin", "java") + " -cp "
                + System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))
                + " org.openjdk.jcstress.Main -v -jvmArgsPrepend --enable-native-access=ALL-UNNAMED -r " + results + " "
                + options;
        Path output = results.resolve("output.txt");
        Process jcstress = new ProcessBuilder(command.split(" "))
                .directory(results.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();

        try {
            boolean ended = jcstress.waitFor(Long.getLong("pollux.races.minutes", 10), TimeUnit.MINUTES);

            assertTrue(ended, () -> read(output));
            assertEquals(0, jcstress.exitValue(), () -> read(output));
        } finally {
            jcstress.destroy();
            Children.end(jcstress);
        }
    }

    private static String read(Path output) {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            return "no output: " + e;
        }
    }
}
