package dev.pollux.benchmarks.peers;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The C programs that lie beside this class, compiled where they run: nothing but their source is kept. */
final class CProgram {

    private CProgram() {}

    /** Returns whether {@code gcc} is there. */
    static boolean canCompile() {
        return Tools.find("gcc");
    }

    /**
     * Compiles {@code name}.c into {@code directory} and returns the program.
     *
     * @throws IOException if there is no {@code gcc}, or with what it says if it refuses
     */
    static Path compile(String name, Path directory) throws IOException, InterruptedException {
        Path source = directory.resolve(name + ".c");
        try (InputStream in = CProgram.class.getResourceAsStream(name + ".c")) {
            if (in == null) {
                throw new IllegalArgumentException("no resource " + name + ".c beside " + CProgram.class);
            }
            Files.copy(in, source);
        }
        if (!canCompile()) {
            throw new IOException("gcc is not on the PATH, and " + name + ".c has to be compiled; install it");
        }
        Path program = directory.resolve(name);
        List<String> command =
                List.of("gcc", "-std=gnu17", "-O2", "-pthread", "-o", program.toString(), source.toString());
        Process gcc = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(gcc.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (gcc.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + " failed: " + said);
        }
        return program;
    }
}
