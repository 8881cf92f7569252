package dev.pollux.ffm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Starts real JVMs with the packaged jars: which backend a plain {@code open()} takes, and what is said about it. */
@EnabledOnOs(OS.LINUX)
@Timeout(120)
class LaunchIT {

    private static final String PROGRAM = """
            import dev.pollux.EventSelector;
            import dev.pollux.Selectors;

            public class OpenOnce {
                public static void main(String[] args) throws Exception {
                    try (EventSelector selector = args.length == 0 ? Selectors.open() : Selectors.open(args[0])) {
                        System.out.println("opened " + selector.backend());
                    } catch (java.io.IOException | IllegalArgumentException e) {
                        System.out.println("refused " + e.getMessage());
                    }
                }
            }
            """;

    private static final String SELECTING = """
            import java.nio.ByteBuffer;
            import java.nio.channels.Pipe;
            import java.nio.channels.SelectionKey;
            import java.nio.channels.Selector;

            public class SelectOnce {
                public static void main(String[] args) throws Exception {
                    try (Selector selector = Selector.open()) {
                        Pipe pipe = Pipe.open();
                        pipe.source().configureBlocking(false);
                        pipe.source().register(selector, SelectionKey.OP_READ);
                        pipe.sink().write(ByteBuffer.allocate(1));
                        System.out.println("selected " + selector.select() + " by " + selector.getClass().getName());
                        System.out.println(selector);
                    }
                }
            }
            """;

    private static final List<String> BRIDGED =
            List.of("-Djava.nio.channels.spi.SelectorProvider=dev.pollux.ffm.bridge.PolluxSelectorProvider");
    private static final List<String> ENABLED = List.of("--enable-native-access=$");
    private static final List<String> EXPORTED = List.of("--add-exports", "java.base/sun.nio.ch=$");
    private static final List<String> DENIED = List.of("--illegal-native-access=deny");

    @TempDir
    static Path program;

    /** How the jars are given, and by which name flags mean them. */
    enum Place {
        CLASS_PATH("ALL-UNNAMED"),
        MODULE_PATH("dev.pollux.ffm");

        final String target;

        Place(String target) {
            this.target = target;
        }
    }

    private record Output(int exitCode, String text) {}

    @BeforeAll
    static void compile() throws IOException {
        Path opening = Files.writeString(program.resolve("OpenOnce.java"), PROGRAM);
        Path selecting = Files.writeString(program.resolve("SelectOnce.java"), SELECTING);
        int result = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        null,
                        null,
                        "--release",
                        "17",
                        "-cp",
                        classPath(),
                        "-d",
                        program.toString(),
                        opening.toString(),
                        selecting.toString());
        assertEquals(0, result);
    }

    /** The packaged modules, and what they depend on. */
    private static List<String> jars() {
        List<String> jars = new ArrayList<>();
        for (String module : List.of("runtime-api", "runtime-nio", "runtime-native")) {
            jars.add(Arrays.stream(Path.of("..", module, "target").toFile().list())
                    .filter(name -> name.matches(module + "-[0-9.]+(-SNAPSHOT)?\\.jar"))
                    .map(name -> Path.of("..", module, "target", name)
                            .toAbsolutePath()
                            .normalize()
                            .toString())
                    .findFirst()
                    .orElseThrow(() -> new AssertionError(module + " is not packaged")));
        }
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> entry.matches(".*/(slf4j-api|slf4j-simple|jctools-core)-[^/]*\\.jar"))
                .forEach(jars::add);
        return jars;
    }

    private static Output launch(int feature, Place place, List<List<String>> flags, String... arguments)
            throws Exception {
        return launchProgram("OpenOnce", feature, place, flags, arguments);
    }

    private static Output launchProgram(
            String name, int feature, Place place, List<List<String>> flags, String... arguments) throws Exception {
        List<String> command = java(feature, place, flags);
        if (place == Place.CLASS_PATH) {
            command.addAll(List.of("-cp", classPath() + File.pathSeparator + program));
        } else {
            command.addAll(List.of(
                    "-p",
                    classPath(),
                    "--add-modules",
                    "dev.pollux.runtime,dev.pollux.ffm,org.slf4j.simple",
                    "-cp",
                    program + ""));
        }
        command.add(name);
        command.addAll(List.of(arguments));
        return run(command);
    }

    /** Starts the program that prints {@code Selectors.explain()}. */
    private static String explain(int feature, Place place, List<List<String>> flags) throws Exception {
        List<String> command = java(feature, place, flags);
        command.addAll(
                place == Place.CLASS_PATH
                        ? List.of("-cp", classPath(), "dev.pollux.Selectors")
                        : List.of(
                                "-p",
                                classPath(),
                                "--add-modules",
                                "dev.pollux.nio,dev.pollux.ffm",
                                "-m",
                                "dev.pollux.runtime"));
        Output output = run(command);
        assertQuiet(output);
        return output.text();
    }

    private static List<String> java(int feature, Place place, List<List<String>> flags) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(jdk(feature) + "/bin/java");
        flags.forEach(flag -> flag.forEach(part -> command.add(part.replace("$", place.target))));
        return command;
    }

    private static String classPath() {
        return String.join(File.pathSeparator, jars());
    }

    private static Output run(List<String> command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        assertFalse(text.contains("\tat ") || text.contains("Exception in thread"), text);
        return new Output(process.exitValue(), text);
    }

    /** Returns the home of a JDK that the build has found. */
    private static String jdk(int feature) throws IOException {
        String list = Files.readString(Path.of(System.getProperty("pollux.jdks")));
        Matcher homes = Pattern.compile("<version>" + feature + "[.<].*?<jdkHome>([^<]*)</jdkHome>", Pattern.DOTALL)
                .matcher(list);
        assertTrue(homes.find(), list);
        return homes.group(1);
    }

    private static void assertTaken(String backend, Output output) {
        assertEquals(0, output.exitCode(), output.text());
        assertTrue(output.text().contains("opened " + backend), output.text());
    }

    private static void assertQuiet(Output output) {
        assertFalse(output.text().contains("WARNING"), output.text());
    }

    private static String advice(Place place) {
        return "epoll would be taken but lacks [JAVA_CHANNELS]; start the JVM with --add-exports java.base/sun.nio.ch="
                + place.target;
    }

    @ParameterizedTest
    @EnumSource(Place.class)
    void withoutFlagsNioIsTakenWithAdviceAndNoWarning(Place place) throws Exception {
        Output output = launch(25, place, List.of());

        assertTaken("nio", output);
        assertQuiet(output);
        assertTrue(output.text().contains(advice(place)), output.text());
        assertEquals(
                1,
                output.text()
                        .lines()
                        .filter(line -> line.contains("would be taken"))
                        .count(),
                output.text());
    }

    @ParameterizedTest
    @EnumSource(Place.class)
    void nativeAccessAloneIsNotEnoughForJavaChannels(Place place) throws Exception {
        for (List<List<String>> flags : List.of(List.of(ENABLED), List.of(DENIED), List.of(DENIED, ENABLED))) {
            Output output = launch(25, place, flags);

            assertTaken("nio", output);
            assertQuiet(output);
            assertTrue(output.text().contains(advice(place)), output.text());
        }
    }

    @ParameterizedTest
    @EnumSource(Place.class)
    void bothFlagsGiveEpollAndNoWarning(Place place) throws Exception {
        for (List<List<String>> flags : List.of(List.of(ENABLED, EXPORTED), List.of(DENIED, ENABLED, EXPORTED))) {
            Output output = launch(25, place, flags);

            assertTaken("epoll", output);
            assertQuiet(output);
            assertFalse(output.text().contains("would be taken"), output.text());
        }
    }

    @Test
    void theManifestOfTheJarThatIsStartedTakesThePlaceOfBothFlags() throws Exception {
        Manifest manifest = new Manifest();
        Attributes attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.put(Attributes.Name.MAIN_CLASS, "OpenOnce");
        attributes.put(
                Attributes.Name.CLASS_PATH,
                Stream.concat(jars().stream().map(Path::of), Stream.of(program))
                        .map(entry -> entry.toUri().toString())
                        .collect(Collectors.joining(" ")));
        attributes.putValue("Enable-Native-Access", "ALL-UNNAMED");
        attributes.putValue("Add-Exports", "java.base/sun.nio.ch");
        Path jar = program.resolve("permitted.jar");
        new JarOutputStream(Files.newOutputStream(jar), manifest).close();

        Output output = run(List.of(jdk(25) + "/bin/java", "-jar", jar.toString()));

        assertTaken("epoll", output);
        assertQuiet(output);
        assertFalse(output.text().contains("would be taken"), output.text());
    }

    @ParameterizedTest
    @EnumSource(Place.class)
    void exportsAloneGiveEpollWithTheWarningOfTheJvm(Place place) throws Exception {
        Output output = launch(25, place, List.of(EXPORTED));

        assertTaken("epoll", output);
        assertTrue(output.text().contains("--enable-native-access=" + place.target), output.text());
    }

    @ParameterizedTest
    @EnumSource(Place.class)
    void exportsWithNativeAccessDeniedFallBackAndSayWhy(Place place) throws Exception {
        Output output = launch(25, place, List.of(DENIED, EXPORTED));

        assertTaken("nio", output);
        assertQuiet(output);
        assertTrue(output.text().contains("--enable-native-access=" + place.target), output.text());
    }

    @ParameterizedTest
    @EnumSource(Place.class)
    void explicitChoiceOfWhatIsDeniedFailsWithTheFlag(Place place) throws Exception {
        for (String backend : List.of("epoll")) {
            Output output = launch(25, place, List.of(DENIED), backend);

            assertTrue(output.text().contains("refused backend " + backend + " is unavailable"), output.text());
            assertTrue(output.text().contains("--enable-native-access=" + place.target), output.text());
        }
    }

    @ParameterizedTest
    @EnumSource(Place.class)
    void java17PassesOverWhatNeedsANewerJava(Place place) throws Exception {
        for (List<List<String>> flags : List.of(List.<List<String>>of(), List.of(EXPORTED))) {
            Output output = launch(17, place, flags);

            assertTaken("nio", output);
            assertQuiet(output);
        }
        Output refused = launch(17, place, List.of(), "epoll");
        assertTrue(refused.text().contains("needs Java 25, this is Java 17"), refused.text());
    }

    @ParameterizedTest
    @EnumSource(Place.class)
    void unknownNameListsTheKnownOnes(Place place) throws Exception {
        Output output = launch(25, place, List.of(ENABLED), "epol");

        String refusal =
                output.text().lines().filter(line -> line.startsWith("refused")).collect(Collectors.joining());
        assertTrue(
                refusal.contains("epol is unknown") && refusal.contains("known: ") && refusal.contains("nio"),
                output.text());
    }

    @ParameterizedTest
    @ValueSource(ints = {17, 25})
    void theJarOfTheApiAloneSaysThatThereIsNoBackend(int feature) throws Exception {
        Output output = run(List.of(jdk(feature) + "/bin/java", "-jar", jars().get(0)));

        assertQuiet(output);
        assertTrue(output.text().contains("no backend found"), output.text());
    }

    @ParameterizedTest
    @EnumSource(Place.class)
    void theTableOfBackendsSaysWhichIsChosenAndWhyOthersAreNot(Place place) throws Exception {
        assertFound("epoll +400 +yes +chosen", explain(25, place, List.of(ENABLED, EXPORTED)));
        String denied = explain(25, place, List.of(DENIED, EXPORTED));
        assertFound("nio +300 +yes +chosen", denied);
        assertFound("the JVM denies native access.*--enable-native-access=" + place.target, denied);
        for (String backend : List.of("epoll", "poll", "select")) {
            assertFound(backend + " .* no \\[\\d\\] +not available", denied);
        }
    }

    @ParameterizedTest
    @EnumSource(Place.class)
    void withoutFlagsTheTableNamesBothAndTheJvmPrintsNoWarning(Place place) throws Exception {
        for (List<List<String>> flags : List.of(List.<List<String>>of(), List.of(ENABLED), List.of(DENIED))) {
            String table = explain(25, place, flags);

            assertFound("epoll +400 +not tried +lacks \\[JAVA_CHANNELS\\] \\[\\d\\]", table);
            assertFound("nio +300 +yes +chosen", table);
            assertFound(
                    "start the JVM with --add-exports java.base/sun.nio.ch=" + place.target + " --enable-native-access="
                            + place.target,
                    table);
            assertTrue(table.lines().allMatch(line -> line.length() <= 120), table);
        }
    }

    @Test
    void theTableOfJava17NamesTheJavaThatABackendNeeds() throws Exception {
        String table = explain(17, Place.CLASS_PATH, List.of());

        assertFound("nio +300 +yes +chosen", table);
        assertFound("EpollBackendProvider .*no \\[\\d\\] +not a usable provider", table);
        assertFound("needs Java 25, this is Java 17", table);
    }

    @ParameterizedTest
    @EnumSource(Place.class)
    void thePropertyPutsEverySelectorOfTheJvmOnABackend(Place place) throws Exception {
        for (String backend : List.of("epoll", "poll")) {
            Output output = launchProgram(
                    "SelectOnce",
                    25,
                    place,
                    List.of(ENABLED, DENIED, EXPORTED, BRIDGED, List.of("-Dpollux.backend=" + backend)));

            assertQuiet(output);
            assertFound("selected 1 by dev.pollux.ffm.bridge.BridgedSelector", output.text());
            assertFound(", " + backend + "\\]", output.text());
        }
    }

    @ParameterizedTest
    @EnumSource(Place.class)
    void withoutItsFlagTheBridgeLeavesTheJdksSelectorsAndNamesTheFlagOnce(Place place) throws Exception {
        Output output = launchProgram("SelectOnce", 25, place, List.of(BRIDGED));

        assertFound("selected 1 by sun.nio.ch.", output.text());
        assertFound("WARN .*--add-exports java.base/sun.nio.ch=" + place.target, output.text());
        assertEquals(
                1, output.text().lines().filter(line -> line.contains("WARN")).count(), output.text());
    }

    @ParameterizedTest
    @EnumSource(Place.class)
    void withNativeAccessDeniedTheBridgeLeavesTheJdksSelectorsAndSaysWhy(Place place) throws Exception {
        Output output = launchProgram("SelectOnce", 25, place, List.of(BRIDGED, EXPORTED, DENIED));

        assertFound("selected 1 by sun.nio.ch.", output.text());
        assertFound("WARN .*--enable-native-access=" + place.target, output.text());
    }

    @ParameterizedTest
    @EnumSource(Place.class)
    void withoutThePropertyTheJarsLeaveSelectorsAlone(Place place) throws Exception {
        Output output = launchProgram("SelectOnce", 25, place, List.of(ENABLED, EXPORTED));

        assertQuiet(output);
        assertFound("selected 1 by sun.nio.ch.", output.text());
    }

    private static void assertFound(String pattern, String text) {
        assertTrue(Pattern.compile(pattern).matcher(text).find(), () -> pattern + " in:\n" + text);
    }
}
