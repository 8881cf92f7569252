package dev.pollux.simulation;

import java.io.PrintWriter;
import java.io.StringWriter;

/** Which thread came by which point, in order: the last ones as a text, all of them as a number. */
final class Trace {

    private static final int LAST = Integer.getInteger("pollux.simulation.trace", 80);

    private final int[] threads = new int[LAST];
    private final int[] sites = new int[LAST];
    private int count;
    private long hash = 1;

    void add(int thread, int site) {
        threads[count % LAST] = thread;
        sites[count % LAST] = site;
        count++;
        hash = hash * 0x9E3779B97F4A7C15L + Sites.hash(site) * 31L + thread;
    }

    long hash() {
        return hash;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (int i = Math.max(0, count - LAST); i < count; i++) {
            text.append(i).append(" #").append(threads[i % LAST]).append(' ');
            text.append(Sites.name(sites[i % LAST])).append('\n');
        }
        return text.toString();
    }

    static String stack(Throwable error) {
        StringWriter text = new StringWriter();
        error.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    /** Returns the first frame of the code under test. */
    static String topOf(StackTraceElement[] frames) {
        for (StackTraceElement frame : frames) {
            String name = frame.getClassName();
            if (name.startsWith("dev.pollux.")
                    && (!name.startsWith("dev.pollux.simulation.") || name.contains(".world."))
                    && !name.contains(".tck.")) {
                return name.substring(name.lastIndexOf('.') + 1) + "." + frame.getMethodName();
            }
        }
        return "?";
    }
}
