package dev.pollux.examples.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * That each command of the pages is run by a script in .ci, as it is printed, or is known to be one that is not. A script that names
 * a page takes the commands from it.
 */
class CommandsTest {

    private static final Path ROOT = Path.of("..");
    private static final Pattern BLOCK =
            Pattern.compile("^```(?<kind>sh|)\\n(?<text>.*?)^```", Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern COMMAND =
            Pattern.compile("^(?:mvn|keytool|\\./mvnw|java|bash|\\.ci/)\\b", Pattern.MULTILINE);
    private static final Pattern COMMENT = Pattern.compile("\\s+#.*$");

    /** What no script runs, with the reason. */
    private static final Map<String, String> NOT_RUN = Map.of(
            "mvn -B -Ppit test -pl runtime-api", "half an hour",
            "mvn -q -B -DskipTests package exec:exec -pl benchmarks -am -Dcomparison=Performance",
                    "a quarter of an hour",
            "mvn spotless:apply", "changes files",
            "bash .ci/run", "is what runs the others",
            "mvn dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory=/opt/pollux",
                    "a project of the reader");

    @Test
    void eachCommandIsRunAsItIsPrinted() throws IOException {
        String scripts = text(scripts());
        Map<String, String> missing = new TreeMap<>();
        for (Path page : pages()) {
            if (scripts.contains("docs/" + page.getFileName())) {
                continue;
            }
            for (String command : commands(page)) {
                if (!scripts.contains(command) && !NOT_RUN.containsKey(command) && !isOfTheReader(command)) {
                    missing.put(command, page.toString());
                }
            }
        }

        assertEquals(Map.of(), missing, "in no script of .ci");
    }

    @Test
    void whatIsKnownNotToBeRunIsPrintedSomewhere() throws IOException {
        List<String> printed =
                pages().stream().flatMap(page -> commands(page).stream()).toList();

        assertTrue(printed.containsAll(NOT_RUN.keySet()), () -> "only " + printed);
    }

    /** Returns the commands of the blocks of a page; what is continued on another line is one of them. */
    private static List<String> commands(Path page) {
        return BLOCK.matcher(read(page))
                .results()
                .map(block -> block.group(2))
                .flatMap(text -> Stream.of(text.split("(?<!\\\\)\\n", -1)))
                .map(line -> COMMENT.matcher(line).replaceAll(""))
                .filter(line -> COMMAND.matcher(line).lookingAt())
                .toList();
    }

    /** Names a program, a class path or a directory that only the reader has. */
    private static boolean isOfTheReader(String command) {
        return command.contains("Main") || command.contains("...");
    }

    private static List<Path> pages() throws IOException {
        return Stream.concat(
                        Stream.of(ROOT.resolve("README.md"), ROOT.resolve("CONTRIBUTING.md")),
                        files(ROOT.resolve("docs"))
                                .filter(file -> file.toString().endsWith(".md")))
                .toList();
    }

    private static List<Path> scripts() throws IOException {
        return files(ROOT.resolve(".ci")).toList();
    }

    private static Stream<Path> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile).sorted().toList().stream();
        }
    }

    private static String text(List<Path> files) {
        return files.stream().map(CommandsTest::read).collect(Collectors.joining("\n"));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
