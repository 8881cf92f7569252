package dev.pollux.examples.docs;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * That the Java code of each page is in a file that is compiled. Comments, white space and {@code @SuppressWarnings} do not count, and
 * {@code …} in a page stands for code that the page leaves out. A block under a line that is only a file name, such as
 * {@code `src/Main.java`:}, is a file of a project that {@code .ci/stranger} builds.
 */
class SnippetsTest {

    private static final Path ROOT = Path.of("..");
    private static final Pattern JAVA = Pattern.compile(
            "^(?<file>`[^`\\n]+`:\\n\\n)?```java\\n(?<code>.*?)^```", Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern NO_CODE = Pattern.compile(
            "(?<=^|\\s)//.*?$|/\\*.*?\\*/|@SuppressWarnings\\(\"[^\"]*\"\\)|\\s+", Pattern.MULTILINE | Pattern.DOTALL);

    @TestFactory
    Stream<DynamicTest> theCodeOfEachPageIsCompiled() throws IOException {
        List<String> compiled = compiled();
        return pages().flatMap(page -> snippets(page).stream()
                .map(snippet -> DynamicTest.dynamicTest(
                        page.getFileName() + ": " + snippet.lines().findFirst().orElse(""),
                        () -> assertTrue(
                                compiled.stream().anyMatch(source -> contains(source, snippet)),
                                () -> "not in a compiled file:\n" + snippet))));
    }

    @Test
    void theReadmeAndThePagesBelowItHaveSnippets() throws IOException {
        assertFalse(snippets(ROOT.resolve("README.md")).isEmpty());
        assertTrue(pages().anyMatch(page -> page.endsWith(Path.of("docs", "loop.md"))));
    }

    @Test
    void aSnippetIsFoundWhateverItsLinesAndComments() {
        String source = dense("int a = 1;\n\n    int b = f(a,  2); // two\n");

        assertTrue(contains(source, "int a = 1; // one\nint b = f(a, 2);"));
        assertTrue(contains(source, "int b = f(…);"));
        assertFalse(contains(source, "int b = f(a, 3);"));
        assertFalse(contains(source, "int b = f(a, 2); … int a = 1;"));
    }

    private static boolean contains(String dense, String snippet) {
        int from = 0;
        for (String part : dense(snippet).split("…", -1)) {
            int at = dense.indexOf(part, from);
            if (at < 0) {
                return false;
            }
            from = at + part.length();
        }
        return true;
    }

    private static String dense(String code) {
        return NO_CODE.matcher(code).replaceAll("");
    }

    private static List<String> snippets(Path page) {
        Matcher blocks = JAVA.matcher(read(page));
        List<String> snippets = new ArrayList<>();
        while (blocks.find()) {
            if (Optional.ofNullable(blocks.group("file")).isEmpty()) {
                snippets.add(blocks.group("code"));
            }
        }
        return snippets;
    }

    private static Stream<Path> pages() throws IOException {
        return Stream.concat(Stream.of(ROOT.resolve("README.md")), files(ROOT.resolve("docs"), ".md").stream());
    }

    private static List<String> compiled() throws IOException {
        List<Path> sources = new ArrayList<>(files(Path.of("src"), ".java"));
        sources.addAll(files(Path.of("adapters", "src"), ".java"));
        for (String module : List.of("runtime-api", "runtime-test", "runtime-native", "runtime-netty")) {
            sources.addAll(files(ROOT.resolve(module).resolve("src/test/java"), ".java"));
        }
        return sources.stream().map(source -> dense(read(source))).toList();
    }

    private static List<Path> files(Path folder, String suffix) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(file -> file.toString().endsWith(suffix)).sorted().toList();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
