package dev.pollux.ffm.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.ffm.Children;
import java.io.IOException;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Programs of a JVM whose provider is named by property, but which lacks the flags that it needs. */
@Timeout(60)
class WithoutFlagsTest {

    /** Opens a selector as any program does. */
    static final class Program {

        private Program() {}

        public static void main(String[] args) throws IOException {
            try (Selector selector = Selector.open()) {
                System.out.println("opened " + selector.getClass().getName());
            } catch (IllegalStateException e) {
                System.out.println("failed: " + e.getMessage());
            }
        }
    }

    private static String run(String modules) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--limit-modules",
                        modules,
                        "-Djava.nio.channels.spi.SelectorProvider=" + PolluxSelectorProvider.class.getName(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Program.class.getName()))
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, Children.end(process), output);
        return output;
    }

    private static void assertOneWarning(String output) {
        assertEquals(1, output.lines().filter(line -> line.contains(" WARN ")).count(), output);
        assertTrue(output.contains("--add-exports java.base/sun.nio.ch=ALL-UNNAMED"), output);
    }

    @Test
    void selectorsAreTheJdksAndOneWarningNamesTheFlags() throws Exception {
        String output = run("java.base,java.logging,jdk.unsupported");
        assertOneWarning(output);
        assertTrue(output.contains("opened sun.nio.ch."), output);
    }

    @Test
    void withoutTheModuleThatTheWayBackNeedsTheFailureNamesIt() throws Exception {
        String output = run("java.base,java.logging");
        assertOneWarning(output);
        assertTrue(output.contains("failed: ") && output.contains("--add-modules jdk.unsupported"), output);
    }
}
