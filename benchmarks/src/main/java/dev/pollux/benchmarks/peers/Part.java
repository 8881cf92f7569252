package dev.pollux.benchmarks.peers;

import java.nio.file.Path;
import java.util.List;

/** What is measured together: one section of the page, or several. */
@FunctionalInterface
interface Part {

    /** Measures it, with {@code directory} for what is made on the way. */
    List<Report> measure(Effort effort, Path directory) throws Exception;

    /** Returns what measures {@code section} alone. */
    static Part of(Section section) {
        return (effort, directory) -> List.of(section.measure(effort, directory));
    }

    /** One section of the page. */
    @FunctionalInterface
    interface Section {

        /** Measures it, with {@code directory} for what is made on the way. */
        Report measure(Effort effort, Path directory) throws Exception;
    }
}
