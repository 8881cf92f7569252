package dev.pollux.frameworks;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** The open descriptors of a process that sockets, pipes and selectors have. Files are left out: classes are loaded from some. */
public final class Descriptors {

    private static final Pattern COUNTED = Pattern.compile("(socket|pipe|anon_inode):.*");

    private Descriptors() {}

    /** Returns how many a process has, by its number. */
    public static long count(String process) throws IOException {
        long count = 0;
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(Path.of("/proc", process, "fd"))) {
            for (Path descriptor : descriptors) {
                if (COUNTED.matcher(target(descriptor)).matches()) {
                    count++;
                }
            }
        }
        return count;
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException e) {
            return "closed since";
        }
    }
}
