package dev.pollux.frameworks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** gRPC on the event loops that it makes for itself, of the provider of the JVM. */
class GrpcTest {

    private static final String SERVICE = "Bytes";
    private static final MethodDescriptor<byte[], byte[]> UNARY = method(MethodType.UNARY, "unary");
    private static final MethodDescriptor<byte[], byte[]> STREAM = method(MethodType.BIDI_STREAMING, "stream");

    private static final int CALLERS = 16;
    private static final int ROUNDS = 200;
    private static final int WINDOW = 4;
    private static final int MOST_BYTES = 20_000;
    private static final long MOST_SECONDS = 120;

    @ParameterizedTest
    @MethodSource("dev.pollux.frameworks.Backends#names")
    void answersCallsAndStreamsWhileSelectorsMove(String backend) throws Exception {
        Run.on(backend, "gRPC", run -> {
            Server server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                    .addService(ServerServiceDefinition.builder(SERVICE)
                            .addMethod(UNARY, ServerCalls.asyncUnaryCall(GrpcTest::answer))
                            .addMethod(STREAM, ServerCalls.asyncBidiStreamingCall(Returned::new))
                            .build())
                    .build()
                    .start();
            ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", server.getPort())
                    .usePlaintext()
                    .build();
            try {
                run.whileSelectorsMove(() -> {
                    call(run, channel);
                    stream(run, channel);
                });
            } finally {
                channel.shutdownNow();
                server.shutdownNow();
                assertTrue(channel.awaitTermination(MOST_SECONDS, TimeUnit.SECONDS), "the client does not end");
                assertTrue(server.awaitTermination(MOST_SECONDS, TimeUnit.SECONDS), "the server does not end");
            }
        });
    }

    private static void answer(byte[] request, StreamObserver<byte[]> answer) {
        answer.onNext(request);
        answer.onCompleted();
    }

    private static void call(Run run, ManagedChannel channel) {
        try (ExecutorService threads = Executors.newFixedThreadPool(CALLERS)) {
            for (int seed = 0; seed < CALLERS; seed++) {
                Random random = new Random(seed);
                threads.execute(() -> {
                    for (int i = 0; i < ROUNDS; i++) {
                        try {
                            byte[] request = bytes(random);
                            CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(MOST_SECONDS, TimeUnit.SECONDS);
                            assertArrayEquals(request, ClientCalls.blockingUnaryCall(channel, UNARY, options, request));
                            run.answered(1);
                        } catch (RuntimeException | AssertionError e) {
                            run.failed(e);
                        }
                    }
                });
            }
        }
    }

    private static void stream(Run run, ManagedChannel channel) throws InterruptedException {
        CountDownLatch finished = new CountDownLatch(CALLERS);
        for (int seed = 0; seed < CALLERS; seed++) {
            new Caller(run, new Random(seed), finished).begin(channel);
        }
        assertTrue(finished.await(MOST_SECONDS, TimeUnit.SECONDS), () -> finished.getCount() + " streams are late");
    }

    private static byte[] bytes(Random random) {
        byte[] bytes = new byte[random.nextInt(MOST_BYTES)];
        random.nextBytes(bytes);
        return bytes;
    }

    private static MethodDescriptor<byte[], byte[]> method(MethodType type, String name) {
        return MethodDescriptor.newBuilder(new Bytes(), new Bytes())
                .setType(type)
                .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, name))
                .build();
    }

    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {

        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** The server's end of a stream. */
    private record Returned(StreamObserver<byte[]> answers) implements StreamObserver<byte[]> {

        @Override
        public void onNext(byte[] message) {
            answers.onNext(message);
        }

        @Override
        public void onError(Throwable error) {}

        @Override
        public void onCompleted() {
            answers.onCompleted();
        }
    }

    /** The client's end of a stream: has some messages under way and sends another one for each that is back. */
    private static final class Caller implements StreamObserver<byte[]> {

        private final Run run;
        private final Random random;
        private final CountDownLatch finished;
        private final ArrayDeque<byte[]> underWay = new ArrayDeque<>();
        private StreamObserver<byte[]> messages;
        private int sent;

        Caller(Run run, Random random, CountDownLatch finished) {
            this.run = run;
            this.random = random;
            this.finished = finished;
        }

        synchronized void begin(ManagedChannel channel) {
            messages = ClientCalls.asyncBidiStreamingCall(channel.newCall(STREAM, CallOptions.DEFAULT), this);
            for (int i = 0; i < WINDOW; i++) {
                send();
            }
        }

        private void send() {
            byte[] message = bytes(random);
            sent++;
            underWay.add(message);
            messages.onNext(message);
        }

        @Override
        public synchronized void onNext(byte[] message) {
            assertArrayEquals(underWay.poll(), message);
            run.answered(1);
            if (sent < ROUNDS) {
                send();
            } else if (underWay.isEmpty()) {
                messages.onCompleted();
            }
        }

        @Override
        public void onError(Throwable error) {
            run.failed(error);
            finished.countDown();
        }

        @Override
        public synchronized void onCompleted() {
            if (sent < ROUNDS || !underWay.isEmpty()) {
                run.failed(new IOException("a stream ended early"));
            }
            finished.countDown();
        }
    }
}
