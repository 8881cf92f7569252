package dev.pollux.benchmarks.peers;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The C programs of the echo comparison, compiled.
 *
 * @param server the one that the others are compared with
 * @param completions the same with io_uring(7)
 * @param load what all of them are loaded with
 */
record EchoPrograms(Path server, Path completions, Path load) {

    static EchoPrograms compile(Path directory) throws IOException, InterruptedException {
        return new EchoPrograms(
                CProgram.compile("echo_epoll", directory),
                CProgram.compile("echo_io_uring", directory),
                CProgram.compile("echo_load", directory));
    }

    /** Returns what runs the server {@code name} at a free port. */
    List<String> serverCommand(String name) {
        return switch (name) {
            case Contestant.REFERENCE -> List.of(server.toString(), "0");
            case "c-io_uring" -> List.of(completions.toString(), "0");
            default -> Child.java(EchoServer.class, name, "0");
        };
    }
}
