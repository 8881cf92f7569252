package dev.pollux.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Availability;
import dev.pollux.BackendCandidate;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.w3c.dom.NodeList;

@Timeout(120)
class IoModelsTest {

    private static final int CONNECTIONS = 30;

    private static final IoModelResult.Work WORK =
            new IoModelResult.Work(CONNECTIONS, 10, Duration.ofMillis(200), Duration.ofSeconds(10));

    private static final Set<IoModel> READ_AND_WRITE_EACH_MESSAGE =
            Set.of(IoModel.BLOCKING, IoModel.NIO, IoModel.EPOLL);

    private static final String NO_ROW = "no row";

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource
    void everyModelThatIsAvailableReturnsEveryByte(IoModel model) {
        Assumptions.assumeTrue(model.missing().isEmpty(), () -> model.missing().orElse(""));

        IoModelResult result = IoModelResult.take(model, WORK, messages -> {});

        assertNull(result.problem());
        assertNull(result.missing());
        assertTrue(result.isMeasured());
        assertEquals(0, result.bytesLost());
        // Each connection has sent one message at least, and none is below 64 bytes.
        assertTrue(result.bytesReturned() >= CONNECTIONS * 64, () -> result.bytesReturned() + " bytes");
        assertTrue(result.messagesPerSecond() > 0, result::toString);
        if (model == IoModel.BLOCKING) {
            assertTrue(result.threads() >= CONNECTIONS, "not a thread for each connection: " + result);
        }
        if (READ_AND_WRITE_EACH_MESSAGE.contains(model)) {
            assertTrue(result.systemCallsPerMessage() >= 2, result::toString);
        }
    }

    @Test
    @Tag("full")
    void theTableHasARowForEachModelAndTheChartNamesThoseThatRan() throws Exception {
        assertTableAndChart(Set.of(IoModel.values()));
    }

    @Test
    void theModelsMayBeChosen() throws Exception {
        assertTableAndChart(Set.of(IoModel.NIO, IoModel.BLOCKING), "--models", "nio,blocking");
    }

    private void assertTableAndChart(Set<IoModel> chosen, String... choice) throws Exception {
        Path chart = directory.resolve("new").resolve("chart.svg");
        List<String> arguments = new ArrayList<>(List.of(choice));
        arguments.addAll(List.of("--connections", "10", "--seconds", "0.1", "--chart", chart.toString()));

        int exitCode = run(arguments.toArray(String[]::new));

        assertEquals(0, exitCode, () -> out.toString() + err);
        String drawn = text(chart);
        for (IoModel model : IoModel.values()) {
            boolean runs = chosen.contains(model) && model.missing().isEmpty();
            String row = row(model);
            assertEquals(chosen.contains(model), !row.equals(NO_ROW), row);
            assertEquals(runs, Pattern.matches(".* [\\d,]+ .* \\d+ %", row), row);
            assertEquals(chosen.contains(model) && !runs, row.contains("not available here: "), row);
            assertEquals(runs, drawn.contains(model.label()), drawn);
        }
        assertTrue(out.toString().contains("Chart: " + chart), out::toString);
        assertTrue(out.toString().contains("Every byte came back from every server."), out::toString);
        assertFalse(out.toString().contains("\r"), out::toString);
        assertEquals("", err.toString());
    }

    @Test
    void aServerThatIsEndedBeforeItAnswersIsAProblemAndNoHang() {
        IoModelResult result = IoModelResult.take(
                IoModel.NIO, new IoModelResult.Work(1, 1, Duration.ofNanos(1), Duration.ofNanos(1)), messages -> {});

        assertTrue(result.isFailed(), result::toString);
        assertNotNull(result.problem());
    }

    @Test
    void aModelThatCannotRunHereHasARowWithTheReasonAndFailsNothing() {
        BackendCandidate candidate = new BackendCandidate(
                "epoll", 400, Set.of(), new Availability.Unavailable("no such kernel", null), "someone", "");
        String reason = IoModel.missing(candidate).orElseThrow();

        IoModelResult result = IoModelResult.nothing(IoModel.EPOLL, reason, null);

        assertFalse(result.isFailed());
        assertFalse(result.isMeasured());
        String table = IoModels.table(List.of(result));
        assertEquals(
                "epoll                not available here: no such kernel",
                table.lines().skip(1).findFirst().orElse(table));
    }

    @Test
    void aModelThatLosesBytesFails() {
        IoModelResult result = new IoModelResult(IoModel.NIO, 1, 1, 1, 1, 1, 1, 10, 3, null, null);

        assertTrue(result.isFailed());
        String table = IoModels.table(List.of(result));
        assertTrue(table.contains("PROBLEM: 3 bytes lost"), table);
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '"', textBlock = """
        --seconds 0,                    "'--seconds': 0.0"
        --seconds NaN,                  "'--seconds': NaN"
        --connections 0,                "'--connections': 0"
        --connections 5 --talking 6,    "'--talking': 6"
        --talking 0,                    "'--talking': 0"
        --models floppy,                "floppy"
        """)
    void wrongArgumentsAreNamedAboveTheUsage(String arguments, String named) {
        int exitCode = run(arguments.split(" "));

        assertEquals(2, exitCode);
        assertTrue(err.toString().lines().findFirst().orElse("").contains(named), err::toString);
        assertTrue(err.toString().contains("Usage: io-models"), err::toString);
        assertEquals("", out.toString());
    }

    private int run(String... arguments) {
        return IoModels.run(new PrintWriter(out, true), new PrintWriter(err, true), false, arguments);
    }

    private String row(IoModel model) {
        List<String> table = out.toString()
                .lines()
                .dropWhile(line -> !line.startsWith("MODEL "))
                .toList();
        return table.stream()
                .filter(line -> line.startsWith(model.label() + " "))
                .findFirst()
                .orElse(NO_ROW);
    }

    /** Returns all the text of a picture. */
    private static String text(Path svg) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
        try (var in = Files.newInputStream(svg)) {
            NodeList texts = factory.newDocumentBuilder().parse(in).getElementsByTagName("text");
            StringBuilder all = new StringBuilder();
            for (int i = 0; i < texts.getLength(); i++) {
                all.append(texts.item(i).getTextContent()).append('\n');
            }
            return all.toString();
        }
    }
}
