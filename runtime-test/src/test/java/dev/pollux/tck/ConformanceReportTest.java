package dev.pollux.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.tck.mutants.JdkBackendProvider;
import dev.pollux.tck.report.ResultRecorder;
import dev.pollux.tck.report.ResultRecorder.Outcome;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConformanceReportTest {

    private static final Subject SUBJECT = Subject.of(new JdkBackendProvider(backend -> backend));

    @TempDir
    private Path directory;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int report(Path... sources) {
        String[] args = new String[sources.length + 2];
        args[0] = "--out";
        args[1] = directory.resolve("report").toString();
        for (int i = 0; i < sources.length; i++) {
            args[i + 2] = sources[i].toString();
        }
        return run(args);
    }

    private int run(String... args) {
        return ConformanceReport.run(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                args);
    }

    private String page(String name) throws IOException {
        return Files.readString(directory.resolve("report").resolve(name));
    }

    private String row(String rule) throws IOException {
        return page("report.md")
                .lines()
                .filter(line -> line.startsWith("| " + rule + " |"))
                .findFirst()
                .orElseThrow();
    }

    private static ResultRecorder findings(String name) {
        ResultRecorder findings = ResultRecorder.begin(name);
        findings.about(SUBJECT);
        return findings;
    }

    @Test
    void everyRuleHasItsVerdict() throws IOException {
        ResultRecorder one = findings("OneTest");
        one.add("a", Outcome.PASSED, List.of("REG-1", "REG-2"), null);
        one.add("b", Outcome.REFUSED, List.of("REG-2", "EDGE-1"), null);
        one.add("c", Outcome.ABORTED, List.of("PRI-1"), new IOException("no such socket"));
        ResultRecorder other = findings("OtherTest");
        other.add("a", Outcome.FAILED, List.of("REG-1"), new AssertionError("REG-1: <b>bold</b> & wrong\nsecond line"));
        one.write("Test", directory.resolve("one"));
        other.write("Test", directory.resolve("other"));

        int exitCode = report(directory.resolve("one"), directory.resolve("other"), directory.resolve("none"));

        assertEquals(0, exitCode, err::toString);
        assertTrue(row("REG-1").endsWith("| tested | FAIL |"), row("REG-1"));
        assertTrue(row("REG-2").endsWith("| tested | pass |"), row("REG-2"));
        assertTrue(row("EDGE-1").endsWith("| tested | refusal |"), row("EDGE-1"));
        assertTrue(row("PRI-1").endsWith("| tested | untested |"), row("PRI-1"));
        assertTrue(row("SEL-1").endsWith("| tested | untested |"), row("SEL-1"));
        assertTrue(row("DISC-1").endsWith("| elsewhere |"), row("DISC-1"));
        assertTrue(row("jdk").matches(".*\\| JAVA_CHANNELS \\| \\S+ \\| 1 \\| 1 \\| 1 \\| 1 \\|"), row("jdk"));
        assertTrue(row("jdk").contains(System.getProperty("java.version")), row("jdk"));
        assertTrue(row("jdk").contains(System.getProperty("os.version")), row("jdk"));
        assertFalse(row("jdk").contains("unknown"), row("jdk"));
        String markdown = page("report.md");
        assertTrue(markdown.contains("| OtherTest.a | REG-1 | REG-1: <b>bold</b> & wrong |"), markdown);
        assertTrue(markdown.contains("| PRI-1 | 1 | no such socket |"), markdown);
    }

    @Test
    void aRuleOfWhichATestCouldNotBeTriedPassesPartly() throws IOException {
        ResultRecorder channels = findings("OnChannels");
        channels.add("a", Outcome.PASSED, List.of("SEL-8", "UNR-2"), null);
        channels.add("needsDescriptors", Outcome.ABORTED, List.of("UNR-2"), new IOException("needs descriptors"));
        channels.add("signals", Outcome.ABORTED, List.of("SEL-8"), new IOException("needs a signal"));
        ResultRecorder descriptors = findings("OnDescriptors");
        descriptors.add("needsDescriptors", Outcome.PASSED, List.of("UNR-2"), null);
        channels.write("Channels", directory);
        descriptors.write("Descriptors", directory);

        assertEquals(0, report(directory));

        assertTrue(row("SEL-8").endsWith("| partly |"), row("SEL-8"));
        assertTrue(row("UNR-2").endsWith("| pass |"), "it was tried on descriptors: " + row("UNR-2"));
    }

    @Test
    void thePageIsEscapedAndWhole() throws IOException {
        ResultRecorder findings = findings("Test");
        findings.add("a", Outcome.FAILED, List.of("REG-1"), new AssertionError("<b>bold</b> & \"wrong\""));
        findings.write("Test", directory);

        assertEquals(0, report(directory));

        String html = page("report.html");
        assertTrue(html.contains("<td>&lt;b&gt;bold&lt;/b&gt; &amp; &quot;wrong&quot;</td>"), html);
        assertTrue(html.contains("<td class=\"FAIL\">FAIL</td>"), html);
        assertFalse(html.contains("<script") || html.contains("http"), "it needs nothing else");
        assertTrue(html.endsWith("</body></html>\n"), html);
    }

    @Test
    void aBackendHasAColumnForEachJava() throws IOException {
        findings("Test").write("Test", directory);
        ResultRecorder findings = findings("Test");
        findings.add("a", Outcome.PASSED, List.of("REG-1"), null);
        findings.write("Test", directory);
        Path file;
        try (var files = Files.list(directory)) {
            file = files.findFirst().orElseThrow();
        }
        String older = Files.readString(file).replaceAll("(?m)^java=.*$", "java=1.0");
        Files.writeString(directory.resolve("Older.properties"), older);

        assertEquals(0, report(directory));

        assertTrue(page("report.md").contains("jdk, Java 1.0 | jdk, Java " + System.getProperty("java.version")));
        assertTrue(row("REG-1").endsWith("| pass | pass |"), row("REG-1"));
    }

    @Test
    void aRemarkIsShownBesideTheName() throws IOException {
        ResultRecorder findings = ResultRecorder.begin("Test");
        findings.about(SUBJECT.withRemark("on a borrowed kernel"));
        findings.add("a", Outcome.PASSED, List.of("REG-1"), null);
        findings.write("Test", directory);

        assertEquals(0, report(directory));

        assertTrue(page("report.md").contains("| jdk (on a borrowed kernel), Java "), page("report.md"));
    }

    @Test
    void nothingFoundIsTold() {
        assertEquals(0, report(directory.resolve("none")));

        assertTrue(out.toString(StandardCharsets.UTF_8).contains("-Dpollux.conformance="), out::toString);
        assertFalse(Files.exists(directory.resolve("report")));
    }

    @Test
    void aFileOfSomebodyElseIsNamed() throws IOException {
        Files.writeString(directory.resolve("other.properties"), "test.a=nonsense");

        assertEquals(1, report(directory));

        assertTrue(err.toString(StandardCharsets.UTF_8).contains("other.properties"), err::toString);
    }

    @Test
    void wrongArgumentsAreAnsweredWithTheUsage() {
        for (String[] args : new String[][] {{}, {"directory"}, {"--out", "report"}, {"directory", "--out"}}) {
            assertEquals(2, run(args));
        }

        assertEquals(
                4,
                err.toString(StandardCharsets.UTF_8)
                        .lines()
                        .filter(line -> line.startsWith("usage: "))
                        .count());
    }
}
