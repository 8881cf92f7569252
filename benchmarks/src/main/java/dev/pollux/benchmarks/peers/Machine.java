package dev.pollux.benchmarks.peers;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Properties;

/** What was measured on, and with which versions. */
final class Machine {

    private static final Path PROCESSORS = Path.of("/proc/cpuinfo");
    private static final Path LOAD = Path.of("/proc/loadavg");

    private Machine() {}

    /** Returns it in Markdown. */
    static String describe() throws IOException, InterruptedException {
        return String.join(
                "\n",
                "| what | which |",
                "|---|---|",
                "| date | " + LocalDate.now(ZoneOffset.UTC) + " |",
                "| processors | " + Runtime.getRuntime().availableProcessors() + " × " + processor() + " |",
                "| load of the machine at the beginning | " + load() + " |",
                "| kernel | " + System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                        + System.getProperty("os.arch") + " |",
                "| JDK | " + System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version") + " |",
                "| Netty | " + version(Machine.class.getClassLoader(), "io.netty", "netty-transport") + " |",
                "| jnr-enxio | " + version(Machine.class.getClassLoader(), "com.github.jnr", "jnr-enxio") + " |",
                "| C | " + firstLine("gcc", "--version") + " -O2 |",
                "| Python | " + firstLine("python3", "--version") + " |");
    }

    private static String processor() throws IOException {
        for (String line : Files.readAllLines(PROCESSORS)) {
            if (line.startsWith("model name")) {
                return line.substring(line.indexOf(':') + 1).strip();
            }
        }
        return System.getProperty("os.arch");
    }

    private static String load() throws IOException {
        String line = Files.readString(LOAD);
        return line.substring(0, line.indexOf(' '));
    }

    /**
     * Returns the version of a dependency that was built by Maven.
     *
     * @throws IOException if {@code classes} do not have it: a page of unknown versions says nothing
     */
    static String version(ClassLoader classes, String group, String artifact) throws IOException {
        String name = "META-INF/maven/" + group + "/" + artifact + "/pom.properties";
        try (InputStream in = classes.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("no " + name + " on the class path, which has the version");
            }
            Properties properties = new Properties();
            properties.load(in);
            return properties.getProperty("version");
        }
    }

    private static String firstLine(String... command) throws IOException, InterruptedException {
        if (!Tools.find(command[0])) {
            return "none";
        }
        Process process =
                new ProcessBuilder(List.of(command)).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said.lines().findFirst().orElse("none");
    }
}
