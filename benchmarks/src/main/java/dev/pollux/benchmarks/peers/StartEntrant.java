package dev.pollux.benchmarks.peers;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A program that is started for each measurement: the milliseconds from its start to its first line of output. On its class
 * path are the jars that it uses, as an application has them: whoever looks for services opens every jar.
 *
 * @param options what it needs of the JVM
 * @param classPath of jars only, with more than it uses
 * @param library what the name of a jar begins with that it needs, and loads no class from; empty if there is none
 * @param directory where its AOT cache is made
 */
record StartEntrant(String name, Class<?> main, List<String> options, String classPath, String library, Path directory)
        implements Entrant<StartLoad, Double> {

    @Override
    public Running<StartLoad, Double> start() throws IOException, InterruptedException {
        return new Started(new StartEntrant(name, main, options, usedJars(), library, directory));
    }

    /** Runs the program once, and returns the class path without the jars that it does not use. */
    private String usedJars() throws IOException, InterruptedException {
        Path log = directory.resolve(name + ".classes");
        Started.run(command(List.of("-Xlog:class+load:file=" + log)));
        String loaded = Files.readString(log);
        return Stream.of(classPath.split(File.pathSeparator, -1))
                .filter(jar -> loaded.contains("source: file:" + jar) || isLibrary(Path.of(jar)))
                .collect(Collectors.joining(File.pathSeparator));
    }

    private boolean isLibrary(Path jar) {
        return !library.isEmpty() && jar.getFileName().toString().startsWith(library);
    }

    private List<String> command(List<String> further) {
        List<String> command = new ArrayList<>();
        command.add(Child.javaProgram());
        command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-Dslf4j.internal.verbosity=ERROR"));
        command.addAll(options);
        command.addAll(further);
        command.addAll(List.of("-cp", classPath, main.getName()));
        return command;
    }

    private Path cache() {
        return directory.resolve(name + ".aot");
    }

    private record Started(StartEntrant entrant) implements Running<StartLoad, Double> {

        @Override
        public void prepare(StartLoad load, double warmupSeconds) throws IOException, InterruptedException {
            if (load == StartLoad.AOT_CACHE && !Files.exists(entrant.cache())) {
                run(entrant.command(List.of("-XX:AOTCacheOutput=" + entrant.cache())));
            }
            measure(load, 0);
        }

        @Override
        public Double measure(StartLoad load, double seconds) throws IOException, InterruptedException {
            return run(entrant.command(
                    load == StartLoad.PLAIN
                            ? List.of()
                            : List.of("-XX:AOTMode=on", "-XX:AOTCache=" + entrant.cache())));
        }

        private static double run(List<String> command) throws IOException, InterruptedException {
            long start = System.nanoTime();
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            int first = process.getInputStream().read();
            double millis = (System.nanoTime() - start) / 1e6;
            process.getInputStream().readAllBytes();
            int exit = process.waitFor();
            if (first < 0 || exit != 0) {
                throw new IOException(
                        command.get(command.size() - 1) + " ended with exit code " + exit + "; its errors are above");
            }
            return millis;
        }

        @Override
        public void close() {}
    }
}
