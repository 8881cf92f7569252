package dev.pollux.frameworks;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Path;
import org.eclipse.jetty.ee10.servlet.DefaultServlet;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class JettyTest {

    private static final int SELECTORS = 2;

    @TempDir
    private Path directory;

    @ParameterizedTest
    @MethodSource("dev.pollux.frameworks.Backends#names")
    void servesAFileAndAServletWhileSelectorsMove(String backend) throws Exception {
        Path file = directory.resolve("file");
        byte[] answer = Wrk.writeAnswer(file);
        Run.on(backend, "Jetty", run -> {
            Server server = new Server();
            ServerConnector connector = new ServerConnector(server, 1, SELECTORS);
            connector.setHost("127.0.0.1");
            server.addConnector(connector);
            server.setHandler(files(answer));
            server.start();
            try {
                run.whileSelectorsMove(() -> Wrk.load(run, connector.getLocalPort(), file, "/file", "/servlet"));
            } finally {
                server.stop();
            }
        });
    }

    private ServletContextHandler files(byte[] answer) {
        ServletContextHandler handler = new ServletContextHandler();
        handler.setBaseResourceAsPath(directory);
        handler.addServlet(DefaultServlet.class, "/");
        handler.addServlet(new ServletHolder(new Answer(answer)), "/servlet");
        return handler;
    }

    @SuppressWarnings("serial") // Never serialized.
    private static final class Answer extends HttpServlet {

        private final byte[] answer;

        Answer(byte[] answer) {
            this.answer = answer;
        }

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.getOutputStream().write(answer);
        }
    }
}
