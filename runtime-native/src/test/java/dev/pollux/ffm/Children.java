package dev.pollux.ffm;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;

/**
 * What tests do with processes of their own. The pipes to a process are closed here and now: the JDK would do it some time after
 * its end, while others count descriptors.
 */
public final class Children {

    private Children() {}

    /** Runs a process to its end and returns what it has written. */
    public static String output(ProcessBuilder builder) throws IOException {
        Process child = builder.start();
        child.getOutputStream().close();
        try (InputStream said = child.getInputStream()) {
            return new String(said.readAllBytes(), StandardCharsets.UTF_8);
        } finally {
            end(child);
        }
    }

    /** Waits until a process that ends by itself has ended, and returns its exit code. */
    public static int end(Process child) throws IOException {
        int code;
        try {
            code = child.waitFor();
        } catch (InterruptedException e) {
            throw new InterruptedIOException("the process " + child.pid() + " has not ended");
        }
        child.getOutputStream().close();
        child.getInputStream().close();
        child.getErrorStream().close();
        return code;
    }
}
