package dev.pollux.tck.report;

import dev.pollux.Capability;
import dev.pollux.tck.source.TestedBackend;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the tests of one class found about a backend. Kept as a file, so that {@link dev.pollux.tck.ConformanceReport} can put
 * together what different JVMs found.
 */
public final class ResultRecorder {

    /** The system property that names the directory for the files; without it none are written. */
    public static final String DIRECTORY = "pollux.conformance";

    /** How a test ended. */
    public enum Outcome {
        /** As the rules say. */
        PASSED,
        /** The subject lacks a capability and refuses as the rules say. */
        REFUSED,
        /** Against the rules. */
        FAILED,
        /** It could not be tried here. */
        ABORTED
    }

    /**
     * One test.
     *
     * @param rules the rules it is for
     * @param reason why, unless it passed; may be empty
     */
    public record Result(Outcome outcome, List<String> rules, String reason) {

        private static Result parse(String line) {
            String[] parts = line.split(": ", 2);
            String[] words = parts[0].split(" ");
            return new Result(Outcome.valueOf(words[0]), List.of(words).subList(1, words.length), parts[1]);
        }

        @Override
        public String toString() {
            return outcome + (rules.isEmpty() ? "" : " ") + String.join(" ", rules) + ": " + reason;
        }
    }

    private static final String TEST = "test.";

    private final Properties facts = new Properties();
    private final Map<String, Result> tests = new TreeMap<>();

    private ResultRecorder() {}

    /** Begins with what the class {@code tests} finds in this JVM. */
    public static ResultRecorder begin(String tests) {
        ResultRecorder recorder = new ResultRecorder();
        recorder.facts.setProperty("tests", tests);
        recorder.facts.setProperty("kit", kitVersion());
        recorder.facts.setProperty("java", System.getProperty("java.version", "unknown"));
        recorder.facts.setProperty("system", system());
        return recorder;
    }

    private static String system() {
        return System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                + System.getProperty("os.arch");
    }

    private static String kitVersion() {
        Properties kit = new Properties();
        try (InputStream stream = ResultRecorder.class.getResourceAsStream("kit.properties")) {
            kit.load(Objects.requireNonNull(stream, "kit.properties"));
        } catch (IOException e) {
            return "unknown";
        }
        return kit.getProperty("version", "unknown");
    }

    /** Says what is tested. */
    public void about(TestedBackend subject) {
        String remark = subject.remark().isEmpty() ? "" : " (" + subject.remark() + ")";
        facts.setProperty("backend", subject.provider().name() + remark);
        facts.setProperty(
                "capabilities",
                subject.provider().capabilities().stream()
                        .sorted()
                        .map(Capability::name)
                        .collect(Collectors.joining(", ")));
    }

    /** Adds how {@code test} ended; {@code thrown} is why, if there was anything. */
    public void add(String test, Outcome outcome, List<String> rules, @Nullable Throwable thrown) {
        String reason = thrown == null
                ? ""
                : String.valueOf(thrown.getMessage()).lines().findFirst().orElse("");
        tests.put(test, new Result(outcome, List.copyOf(rules), reason));
    }

    /** Returns {@code tests}, {@code backend}, {@code capabilities}, {@code kit}, {@code java} or {@code system}. */
    public String fact(String key) {
        return facts.getProperty(key, "unknown");
    }

    public Map<String, Result> tests() {
        return Collections.unmodifiableMap(tests);
    }

    /**
     * Writes the file, if a directory is given and anything was found.
     *
     * @param name the class, or a part of it that runs by itself; another file of the same name and Java is replaced
     */
    public void write(String name) throws IOException {
        Optional<Path> directory = Optional.ofNullable(System.getProperty(DIRECTORY))
                .filter(given -> !given.isBlank())
                .map(Path::of);
        if (directory.isPresent() && !tests.isEmpty()) {
            write(name, directory.get());
        }
    }

    public void write(String name, Path directory) throws IOException {
        Properties all = new Properties();
        all.putAll(facts);
        tests.forEach((test, result) -> all.setProperty(TEST + test, result.toString()));
        Path file = Files.createDirectories(directory).resolve(name + "-" + fact("java") + ".properties");
        try (Writer writer = Files.newBufferedWriter(file)) {
            all.store(writer, null);
        }
    }

    /**
     * Reads a file.
     *
     * @throws IOException if it cannot be read or is none of this kit's
     */
    public static ResultRecorder read(Path file) throws IOException {
        ResultRecorder recorder = new ResultRecorder();
        Properties all = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            all.load(reader);
            for (String key : all.stringPropertyNames()) {
                if (key.startsWith(TEST)) {
                    recorder.tests.put(key.substring(TEST.length()), Result.parse(all.getProperty(key)));
                } else {
                    recorder.facts.setProperty(key, all.getProperty(key));
                }
            }
        } catch (RuntimeException e) {
            throw new IOException(file + " was not written by this kit; delete it and run the tests again", e);
        }
        return recorder;
    }
}
