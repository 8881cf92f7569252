package dev.pollux.examples.cookbook;

import dev.pollux.loop.EventLoop;
import dev.pollux.stream.StreamOptions;
import dev.pollux.stream.StreamServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** An echo server with TLS. Arguments: a key store in PKCS #12 and its password. */
public final class TlsEcho {

    private TlsEcho() {}

    /** Serves until the process ends. */
    public static void main(String[] args) throws IOException, GeneralSecurityException {
        SSLContext context = context(Path.of(args[0]), args[1].toCharArray());
        try (EventLoop loop = EventLoop.open();
                StreamServer server = serve(loop, Here.address(), context)) {
            System.out.println("TLS echo on " + server.address().orElseThrow() + ", backend " + loop.backend());
            loop.run();
        }
    }

    static StreamServer serve(EventLoop loop, SocketAddress address, SSLContext context) throws IOException {
        return StreamServer.builder()
                .options(StreamOptions.defaults().idleTimeout(Duration.ofMinutes(1)))
                .listen(loop, address, Tls.server(context, Tls::send));
    }

    /** Returns a context that has the keys of a store, and trusts its certificates. */
    static SSLContext context(Path store, char[] password) throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, password);
        }
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, password);
        TrustManagerFactory trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trusted.init(keys);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
        return context;
    }
}
