package dev.pollux.frameworks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The table of all runs, in {@code target/frameworks.md} and on the terminal. */
public final class Results {

    private static final Path FILE = Path.of("target", "frameworks.md");
    private static final String HEAD =
            "| framework | backend | requests | errors | swaps | descriptors before | after |\n"
                    + "|---|---|---|---|---|---|---|\n";

    private Results() {}

    public static synchronized void add(
            String framework, String backend, long requests, long errors, long swaps, long before, long after) {
        String row = String.format(
                "| %s | %s | %d | %d | %d | %d | %d |%n", framework, backend, requests, errors, swaps, before, after);
        try {
            if (Files.notExists(FILE)) {
                Files.writeString(FILE, HEAD);
            }
            Files.writeString(FILE, row, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        System.out.print(row);
    }
}
