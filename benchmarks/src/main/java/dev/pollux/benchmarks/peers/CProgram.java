package dev.pollux.benchmarks.peers;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** The C programs that lie beside this class, compiled where they run: nothing but their source is kept. */
final class CProgram {

    private static final List<String> HEADERS = List.of("metered.h", "dispatch.h");

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
        for (String header : HEADERS) {
            copy(header, directory);
        }
        Path source = copy(name + ".c", directory);
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

    /** Copies the file {@code name} that lies beside this class into {@code directory}. */
    static Path copy(String name, Path directory) throws IOException {
        Path file = directory.resolve(name);
        try (InputStream in = CProgram.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalArgumentException("no resource " + name + " beside " + CProgram.class);
            }
            Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
        }
        return file;
    }
}
