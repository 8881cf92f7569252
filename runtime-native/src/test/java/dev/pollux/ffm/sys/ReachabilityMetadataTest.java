package dev.pollux.ffm.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.ffm.EpollBackendProvider;
import dev.pollux.ffm.bridge.PolluxSelectorProvider;
import dev.pollux.spi.BackendProvider;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A program that GraalVM has compiled can make no call and load no class by name that is not in its metadata. */
@EnabledOnOs(OS.LINUX)
@Timeout(120)
class ReachabilityMetadataTest {

    private static final String FILE = "META-INF/native-image/dev.pollux/runtime-native/reachability-metadata.json";

    private final Path classes = Path.of("target/classes").toAbsolutePath();

    @Test
    void everyShapeOfCallAndEveryProviderIsListed() throws Exception {
        List<String> shapes = linkedShapes();
        assertTrue(shapes.size() > 10, shapes::toString);

        String expected = """
                {
                  "reflection": [
                %s
                  ],
                  "resources": [
                    { "glob": "META-INF/services/dev.pollux.spi.BackendProvider" }
                  ],
                  "foreign": {
                    "downcalls": [
                %s
                    ]
                  }
                }
                """.formatted(lines("    ", constructors()), lines("      ", shapes));

        assertEquals(expected, Files.readString(classes.resolve(FILE)));
    }

    private static String lines(String indent, List<String> entries) {
        return entries.stream().map(entry -> indent + entry).collect(Collectors.joining(",\n"));
    }

    private List<String> constructors() throws IOException {
        List<String> made = new ArrayList<>(
                Files.readAllLines(classes.resolve("META-INF/services").resolve(BackendProvider.class.getName())));
        assertTrue(made.contains(EpollBackendProvider.class.getName()), made::toString);
        made.add(PolluxSelectorProvider.class.getName());
        return made.stream()
                .map(name -> "{ \"type\": \"" + name
                        + "\", \"methods\": [{ \"name\": \"<init>\", \"parameterTypes\": [] }] }")
                .toList();
    }

    private List<String> linkedShapes() throws Exception {
        Path output = Files.createTempFile("shapes", ".txt");
        try {
            Process child = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "--enable-native-access=ALL-UNNAMED",
                            "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
                            "--add-opens=java.base/jdk.internal.foreign.abi=ALL-UNNAMED",
                            "-cp",
                            System.getProperty("java.class.path"),
                            LinkedShapes.class.getName(),
                            classes.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            child.getOutputStream().close();
            assertTrue(child.waitFor(100, TimeUnit.SECONDS));
            assertEquals(0, child.exitValue(), () -> read(output));
            return read(output).lines().toList();
        } finally {
            Files.delete(output);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
