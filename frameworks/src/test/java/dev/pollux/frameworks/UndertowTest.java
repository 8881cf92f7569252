package dev.pollux.frameworks;

import io.undertow.Handlers;
import io.undertow.Undertow;
import io.undertow.server.HttpHandler;
import io.undertow.server.handlers.BlockingHandler;
import io.undertow.server.handlers.resource.PathResourceManager;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class UndertowTest {

    @TempDir
    private Path directory;

    @ParameterizedTest
    @MethodSource("dev.pollux.frameworks.Backends#names")
    void servesAFileAndABlockingHandlerWhileSelectorsMove(String backend) throws Exception {
        Path file = directory.resolve("file");
        byte[] answer = Wrk.writeAnswer(file);
        HttpHandler blocking =
                new BlockingHandler(exchange -> exchange.getOutputStream().write(answer));
        Run.on(backend, "Undertow", run -> {
            Undertow server = Undertow.builder()
                    .addHttpListener(0, "127.0.0.1")
                    .setIoThreads(2)
                    .setWorkerThreads(8)
                    .setHandler(Handlers.path(Handlers.resource(new PathResourceManager(directory)))
                            .addExactPath("/handler", blocking))
                    .build();
            server.start();
            try {
                InetSocketAddress address =
                        (InetSocketAddress) server.getListenerInfo().get(0).getAddress();
                run.whileSelectorsMove(() -> Wrk.load(run, address.getPort(), file, "/file", "/handler"));
            } finally {
                server.stop();
            }
        });
    }
}
