package dev.pollux.simulation;

import java.util.ArrayList;
import java.util.List;

/** The places in the code where a thread may give way. A number is of one JVM, a name and its hash of the code. */
final class Sites {

    private static final List<String> names = new ArrayList<>();

    private Sites() {}

    static synchronized int add(String name) {
        names.add(name);
        return names.size() - 1;
    }

    static synchronized String name(int site) {
        return names.get(site);
    }

    static synchronized int hash(int site) {
        return names.get(site).hashCode();
    }
}
