package dev.pollux.tck;

import dev.pollux.tck.report.Conformance;
import dev.pollux.tck.report.ReportPage;
import dev.pollux.tck.report.ResultRecorder;
import dev.pollux.tck.report.Specification;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Puts what the kit's tests found into one report: rules by backends, as {@code report.html} and {@code report.md}.
 *
 * <p>The tests leave their findings in the directory that the system property {@code pollux.conformance} names, and
 * nowhere without it. Directories of several modules, JVMs and machines can be put together:
 *
 * <pre>{@code
 * java -cp ... dev.pollux.tck.ConformanceReport linux/conformance macos/conformance --out conformance
 * }</pre>
 */
public final class ConformanceReport {

    private static final String USAGE = "usage: ConformanceReport <directory with findings>... --out <directory>";

    private ConformanceReport() {}

    /**
     * Writes the report; directories that do not exist count as empty. The exit code is 0 also if nothing was found,
     * which is said, or if rules are broken, which is the tests' to tell; 1 if files cannot be read or written, 2 if
     * the arguments are wrong.
     */
    public static void main(String[] args) {
        int exitCode = run(System.out, System.err, args);
        if (exitCode != 0) {
            // Only then, so that a build tool can call this inside its own JVM.
            System.exit(exitCode);
        }
    }

    static int run(PrintStream out, PrintStream err, String... args) {
        List<Path> sources = new ArrayList<>();
        Path target = null;
        for (int i = 0; i < args.length; i++) {
            if (!args[i].equals("--out")) {
                sources.add(Path.of(args[i]));
            } else if (i + 1 < args.length) {
                target = Path.of(args[++i]);
            }
        }
        if (target == null || sources.isEmpty()) {
            err.println(USAGE);
            return 2;
        }
        try {
            out.println(write(sources, target));
            return 0;
        } catch (IOException e) {
            err.println(e);
            return 1;
        }
    }

    /** Returns what to tell. */
    private static String write(List<Path> sources, Path target) throws IOException {
        List<ResultRecorder> all = new ArrayList<>();
        for (Path source : sources) {
            for (Path file : files(source)) {
                all.add(ResultRecorder.read(file));
            }
        }
        if (all.isEmpty()) {
            return "no conformance report: nothing was found in " + sources + "; run the kit's tests with -D"
                    + ResultRecorder.DIRECTORY + "=<directory>";
        }
        ReportPage page = new ReportPage(Specification.ofKit(), Conformance.of(all));
        Files.createDirectories(target);
        Files.writeString(target.resolve("report.md"), page.markdown());
        Path html = target.resolve("report.html");
        Files.writeString(html, page.html());
        return "conformance report: " + html;
    }

    private static List<Path> files(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.filter(file -> file.toString().endsWith(".properties"))
                    .sorted()
                    .toList();
        }
    }
}
