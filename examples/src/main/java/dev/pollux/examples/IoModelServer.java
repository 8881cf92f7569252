package dev.pollux.examples;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The process in which {@link IoModels} runs one {@link IoModel}: prints where it listens, answers each line of its standard
 * input with what it has used so far, and ends with its input.
 */
final class IoModelServer {

    /** Begins the first line where the model cannot run; the rest says why. */
    static final String MISSING = "missing ";

    /** Begins the first line of a server; the rest is its port. */
    static final String PORT = "port ";

    private IoModelServer() {}

    /** Serves by the model that is named. */
    public static void main(String[] args) throws IOException {
        IoModel model = IoModel.valueOf(args[0]);
        Optional<String> missing = model.missing();
        if (missing.isPresent()) {
            System.out.println(MISSING + missing.get().replace('\n', ' '));
            return;
        }
        BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        try (IoModel.Serving serving = model.start()) {
            System.out.println(PORT + serving.address().getPort());
            while (questions.readLine() != null) {
                System.out.println(Usage.now(serving.systemCalls()).toLine());
            }
        }
    }
}
