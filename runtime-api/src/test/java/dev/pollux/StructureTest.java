package dev.pollux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.base.CharMatcher;
import com.google.common.base.Splitter;
import dev.pollux.loop.EventLoop;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Which class of this module uses which, as jdeps reads it from the class files; nested classes count as their outer. */
class StructureTest {

    /** What users begin with. Only these put internal classes together, so only these look down from the API. */
    private static final List<String> FACADES = List.of(
            "dev.pollux.Selectors",
            "dev.pollux.loop.EventLoop",
            "dev.pollux.loop.EventLoopBuilder",
            "dev.pollux.loop.EventLoopGroup",
            "dev.pollux.loop.CallbackRegistry");

    private static final Splitter WORDS = Splitter.on(CharMatcher.whitespace()).omitEmptyStrings();

    /** What each class uses, of this module. */
    private static final Map<String, Set<String>> uses = new TreeMap<>();

    @BeforeAll
    static void readClassFiles() throws Exception {
        Path classes = Path.of(EventLoop.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        StringWriter out = new StringWriter();
        ToolProvider jdeps = ToolProvider.findFirst("jdeps").orElseThrow();
        PrintWriter writer = new PrintWriter(out);
        int result = jdeps.run(
                writer,
                writer,
                "-verbose:class",
                "-filter:none",
                classes.resolve("dev").toString());
        assertEquals(0, result, out::toString);
        for (String line : out.toString().lines().toList()) {
            List<String> words = WORDS.splitToList(line);
            if (words.size() > 2
                    && words.get(0).startsWith("dev.pollux.")
                    && words.get(2).startsWith("dev.pollux.")) {
                add(outermost(words.get(0)), outermost(words.get(2)));
            }
        }
    }

    private static void add(String user, String used) {
        if (!user.equals(used)) {
            uses.computeIfAbsent(user, name -> new TreeSet<>()).add(used);
        }
    }

    private static String outermost(String name) {
        int nested = name.indexOf('$');
        return nested < 0 ? name : name.substring(0, nested);
    }

    private static String packageOf(String name) {
        return name.substring(0, name.lastIndexOf('.'));
    }

    private static boolean isInternal(String name) {
        return name.startsWith("dev.pollux.internal.");
    }

    private static Predicate<String> in(String packageName) {
        return name -> packageOf(name).equals(packageName);
    }

    /** Returns the arrows between the classes that {@code of} names. */
    private static Map<String, Set<String>> arrows(Predicate<String> of) {
        Map<String, Set<String>> arrows = new TreeMap<>();
        uses.forEach((user, used) -> {
            if (of.test(user)) {
                used.stream()
                        .filter(of)
                        .forEach(name -> arrows.computeIfAbsent(user, same -> new TreeSet<>())
                                .add(name));
            }
        });
        return arrows;
    }

    /** Returns the sets of more than one node that all reach each other. */
    static List<Set<String>> cycles(Map<String, Set<String>> arrows) {
        Map<String, Set<String>> reached = new HashMap<>();
        arrows.keySet().forEach(from -> reached.put(from, reachedFrom(from, arrows)));
        List<Set<String>> cycles = new ArrayList<>();
        Set<String> seen = new TreeSet<>();
        for (String node : new TreeSet<>(arrows.keySet())) {
            if (!seen.contains(node) && reached.get(node).contains(node)) {
                Set<String> cycle = new TreeSet<>();
                for (String other : reached.get(node)) {
                    if (reached.getOrDefault(other, Set.of()).contains(node)) {
                        cycle.add(other);
                    }
                }
                seen.addAll(cycle);
                cycles.add(cycle);
            }
        }
        return cycles;
    }

    private static Set<String> reachedFrom(String from, Map<String, Set<String>> arrows) {
        Set<String> reached = new TreeSet<>();
        Deque<String> open = new ArrayDeque<>(arrows.getOrDefault(from, Set.of()));
        while (!open.isEmpty()) {
            String node = open.remove();
            if (reached.add(node)) {
                open.addAll(arrows.getOrDefault(node, Set.of()));
            }
        }
        return reached;
    }

    @Test
    void theClassFilesAreRead() {
        assertTrue(uses.size() > 60, () -> "only " + uses.keySet());
        assertTrue(uses.get("dev.pollux.loop.EventLoop").contains("dev.pollux.internal.loop.LoopCore"), uses::toString);
        assertTrue(uses.get("dev.pollux.internal.loop.Turn").contains("dev.pollux.internal.timer.Timers"));
    }

    @Test
    void aCycleIsFound() {
        Map<String, Set<String>> arrows =
                Map.of("a", Set.of("b"), "b", Set.of("c", "d"), "c", Set.of("a"), "d", Set.of());

        assertEquals(List.of(Set.of("a", "b", "c")), cycles(arrows));
        assertEquals(List.of(), cycles(Map.of("a", Set.of("b", "c"), "b", Set.of("c"))));
    }

    @Test
    void thePackagesFormNoCycleButForTheFacades() {
        Map<String, Set<String>> packages = new TreeMap<>();
        arrows(name -> !FACADES.contains(name))
                .forEach((user, used) -> used.forEach(name -> {
                    if (!packageOf(user).equals(packageOf(name))) {
                        packages.computeIfAbsent(packageOf(user), same -> new TreeSet<>())
                                .add(packageOf(name));
                    }
                }));

        assertEquals(List.of(), cycles(packages), packages::toString);
    }

    @Test
    void noInternalClassUsesAFacade() {
        List<String> upward = new ArrayList<>();
        arrows(name -> true).forEach((user, used) -> {
            if (isInternal(user)) {
                used.stream()
                        .filter(name -> FACADES.contains(name)
                                || in("dev.pollux.accept").test(name))
                        .forEach(name -> upward.add(user + " -> " + name));
            }
        });

        assertEquals(List.of(), upward);
    }

    @Test
    void theClassesOfTheLoopFormNoCycle() {
        assertEquals(List.of(), cycles(arrows(in("dev.pollux.internal.loop"))));
    }

    @Test
    void theClassesOfTheTimersFormNoCycle() {
        assertEquals(List.of(), cycles(arrows(in("dev.pollux.internal.timer"))));
    }

    @Test
    void theClassesOfTheSelectorFormNoCycle() {
        assertEquals(List.of(), cycles(arrows(in("dev.pollux.internal.selector"))));
    }

    @Test
    void theClassesOfTheDiscoveryFormNoCycle() {
        assertEquals(List.of(), cycles(arrows(in("dev.pollux.internal.discovery"))));
    }
}
