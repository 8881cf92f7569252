package dev.pollux.benchmarks.peers;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads of a file that is in the memory of the kernel. */
final class FilePart {

    /** The first is what the others are compared with. */
    private static final List<String> READERS =
            List.of("channel-pool", "asynchronous-channel", "pollux-operations", "pollux-operations@io_uring");

    private static final FileLoad LOAD = new FileLoad(64, 4096);
    private static final int MEBIBYTE = 1024 * 1024;

    private FilePart() {}

    static Report measure(Effort effort, Path directory) throws IOException, InterruptedException {
        Path file = directory.resolve("data");
        fill(file, effort.choose(64, 1));
        Plan plan = effort.plan(2, 8, 0.12, 1);
        List<MeteredEntrant<FileLoad>> entrants = new ArrayList<>();
        for (String reader : READERS) {
            entrants.add(
                    MeteredEntrant.java("files", reader, plan.core(), List.of("-D" + FileSubject.FILE + "=" + file)));
        }
        Results<FileLoad, Sample> results = Contest.run(plan, entrants, List.of(LOAD));
        Report report = new Report("files");
        report.table(
                results,
                "Reads of a file, " + LOAD,
                READERS,
                List.of(
                        Column.ratio("CPU per read", LOAD, Sample::nanosEach, 0, "ns"),
                        Column.value("reads per CPU second", LOAD, sample -> 1e9 / sample.nanosEach(), 0),
                        Column.value("bytes per read", LOAD, Sample::bytesEach, 1)));
        report.failed(results.failures());
        return report;
    }

    private static void fill(Path file, int mebibytes) throws IOException {
        byte[] bytes = new byte[MEBIBYTE];
        try (OutputStream out = Files.newOutputStream(file)) {
            for (int i = 0; i < mebibytes; i++) {
                out.write(bytes);
            }
        }
    }
}
