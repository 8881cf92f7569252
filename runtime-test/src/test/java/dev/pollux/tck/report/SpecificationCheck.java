package dev.pollux.tck.report;

import dev.pollux.tck.report.Specification.Entry;
import dev.pollux.tck.rules.Rule;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Finds where a specification and the tests differ. */
final class SpecificationCheck {

    private static final Pattern ELSEWHERE = Pattern.compile("tested \\((\\S+): (\\w+)\\)");
    private static final String CLASS = ".class";

    private SpecificationCheck() {}

    /**
     * Returns one sentence for each difference.
     *
     * @param tests the tests of the kit by the rules they name
     * @param modules the directory of the modules whose tests a status may name
     */
    static List<String> problems(Specification specification, Map<String, Set<String>> tests, Path modules)
            throws IOException {
        List<String> problems = new ArrayList<>();
        Set<String> known = new HashSet<>();
        for (Entry rule : specification.entries()) {
            if (!known.add(rule.id())) {
                problems.add(rule.id() + " stands twice");
            }
            Set<String> own = tests.getOrDefault(rule.id(), Set.of());
            Matcher elsewhere = ELSEWHERE.matcher(rule.status());
            if (elsewhere.matches()) {
                if (!mentions(modules.resolve(elsewhere.group(1)), elsewhere.group(2) + ".java", rule.id())) {
                    problems.add(
                            rule.id() + " is not mentioned in " + elsewhere.group(2) + " of " + elsewhere.group(1));
                }
            } else if (rule.status().equals("untested")) {
                own.forEach(test -> problems.add(rule.id() + " counts as untested, but " + test + " names it"));
                if (rule.level().equals("MUST")) {
                    problems.add(rule.id() + " is a MUST and untested");
                }
            } else if (!rule.status().equals("tested") && !rule.status().equals("stochastic")) {
                problems.add(rule.id() + " has the status \"" + rule.status() + "\"");
            } else if (own.isEmpty()) {
                problems.add(rule.id() + " counts as " + rule.status() + ", but no test names it");
            }
        }
        tests.forEach((id, names) -> {
            if (!known.contains(id)) {
                problems.add(id + " is named by " + names + " and stands nowhere");
            }
        });
        return problems;
    }

    private static boolean mentions(Path module, String file, String id) throws IOException {
        Path sources = module.resolve("src/test/java");
        if (!Files.isDirectory(sources)) {
            return false;
        }
        try (Stream<Path> files = Files.walk(sources)) {
            for (Path found : files.filter(path -> path.endsWith(file)).toList()) {
                if (Pattern.compile(Pattern.quote(id) + "\\b")
                        .matcher(Files.readString(found))
                        .find()) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Returns the methods of the kit that name rules, by rule. */
    static Map<String, Set<String>> testsOfTheKit() throws IOException, URISyntaxException, ClassNotFoundException {
        Path kit = Path.of(
                Rule.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        if (Files.isDirectory(kit)) {
            return testsIn(kit);
        }
        try (FileSystem jar = FileSystems.newFileSystem(kit)) {
            return testsIn(jar.getPath("/"));
        }
    }

    private static Map<String, Set<String>> testsIn(Path classes) throws IOException, ClassNotFoundException {
        Map<String, Set<String>> tests = new TreeMap<>();
        try (Stream<Path> files = Files.walk(classes.resolve("dev/pollux/tck"))) {
            for (Path file :
                    files.filter(file -> file.toString().endsWith(CLASS)).toList()) {
                String path = classes.relativize(file).toString();
                String name = path.substring(0, path.length() - CLASS.length())
                        .replace(classes.getFileSystem().getSeparator(), ".");
                addTests(Class.forName(name, false, Rule.class.getClassLoader()), tests);
            }
        }
        return tests;
    }

    private static void addTests(Class<?> type, Map<String, Set<String>> tests) {
        for (Method method : type.getDeclaredMethods()) {
            Rule rule = method.getAnnotation(Rule.class);
            if (rule != null) {
                for (String id : rule.value()) {
                    tests.computeIfAbsent(id, key -> new TreeSet<>())
                            .add(type.getSimpleName() + "." + method.getName());
                }
            }
        }
    }
}
