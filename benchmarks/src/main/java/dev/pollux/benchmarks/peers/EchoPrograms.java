package dev.pollux.benchmarks.peers;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The C programs of the echo comparison, compiled.
 *
 * @param server the one that the others are compared with
 * @param load what all of them are loaded with
 */
record EchoPrograms(Path server, Path load) {

    static EchoPrograms compile(Path directory) throws IOException, InterruptedException {
        return new EchoPrograms(CProgram.compile("echo_epoll", directory), CProgram.compile("echo_load", directory));
    }

    /** Returns what runs the server {@code name} at a free port. */
    List<String> serverCommand(String name) {
        return name.equals(Contestant.REFERENCE)
                ? List.of(server.toString(), "0")
                : Child.java(EchoServer.class, name, "0");
    }
}
