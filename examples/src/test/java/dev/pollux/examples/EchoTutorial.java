package dev.pollux.examples;

import dev.pollux.EventSelector;
import dev.pollux.Selectors;
import dev.pollux.loop.EventLoop;
import dev.pollux.loop.EventLoopGroup;
import dev.pollux.loop.LoopChooser;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/** The tutorial servers that answer each byte with one byte, as the tests see them. */
enum EchoTutorial {
    CALLBACK_ECHO(true, CallbackEcho.BUFFER_BYTES) {
        @Override
        Running start(String backend) throws IOException {
            EventSelector selector = Selectors.open(backend);
            CallbackEcho server = CallbackEcho.start(selector, 0);
            return new Running(
                    server.address(),
                    server::received,
                    server::sent,
                    () -> selector.metrics().events(),
                    serving(server::serve, selector::close));
        }
    },

    UPPER_CASE(true, UpperCaseServer.MOST_HELD) {
        @Override
        Running start(String backend) throws IOException {
            EventLoop loop = EventLoop.builder().backend(backend).open();
            UpperCaseServer server = UpperCaseServer.start(loop, 0);
            loop.start();
            return new Running(
                    server.address(),
                    server::received,
                    server::sent,
                    () -> loop.metrics().selector().events(),
                    () -> {
                        server.close();
                        loop.close();
                    });
        }

        @Override
        byte[] answer(byte[] question) {
            ByteBuffer answer = ByteBuffer.wrap(question.clone());
            UpperCaseServer.toUpperCase(answer);
            return answer.array();
        }
    },

    QUEUED_ECHO(true, QueuedEcho.MOST_HELD) {
        @Override
        Running start(String backend) throws IOException {
            EventLoop loop = EventLoop.builder().backend(backend).open();
            QueuedEcho server = QueuedEcho.start(loop, 0);
            loop.start();
            return new Running(
                    server.address(),
                    server::received,
                    server::sent,
                    () -> loop.metrics().selector().events(),
                    () -> {
                        server.close();
                        loop.close();
                    });
        }
    },

    EVENT_QUEUE(true, EventQueueServer.MOST_HELD) {
        @Override
        Running start(String backend) throws IOException {
            EventLoop loop = EventLoop.builder().backend(backend).open();
            EventQueueServer server = EventQueueServer.start(loop, 0, EventQueueServer::echo);
            loop.start();
            return new Running(
                    server.address(),
                    server::received,
                    server::sent,
                    () -> loop.metrics().selector().events(),
                    () -> {
                        server.close();
                        loop.close();
                    });
        }
    },

    COROUTINE(true, CoroutineEcho.BUFFER_BYTES) {
        @Override
        Running start(String backend) throws IOException {
            EventLoop loop = EventLoop.builder().backend(backend).open();
            CoroutineEcho server = CoroutineEcho.start(loop, 0);
            loop.start();
            return new Running(
                    server.address(),
                    server::received,
                    server::sent,
                    () -> loop.metrics().selector().events(),
                    () -> {
                        server.close();
                        loop.close();
                    });
        }
    },

    WORKER_GROUP(true, WorkerGroupEcho.BUFFER_BYTES) {
        @Override
        Running start(String backend) throws IOException {
            EventLoop accepting = EventLoop.open(backend);
            EventLoopGroup workers =
                    EventLoopGroup.open(2, EventLoop.builder().backend(backend), LoopChooser.roundRobin());
            WorkerGroupEcho server = WorkerGroupEcho.start(accepting, workers, 0, Integer.MAX_VALUE);
            accepting.start();
            return new Running(
                    server.address(), server::received, server::sent, () -> events(accepting, workers), () -> {
                        server.close();
                        accepting.close();
                        workers.close();
                    });
        }

        private static long events(EventLoop accepting, EventLoopGroup workers) {
            long events = accepting.metrics().selector().events();
            for (EventLoop loop : workers) {
                events += loop.metrics().selector().events();
            }
            return events;
        }
    },

    SELECT_STYLE(false, SelectStyleEcho.BUFFER_BYTES) {
        @Override
        Running start(String backend) throws IOException {
            SelectStyleEcho server = SelectStyleEcho.start(0);
            return new Running(
                    server.address(), server::received, server::sent, () -> 0, serving(server::serve, server::close));
        }
    },

    BUSY_POLL(false, BusyPollEcho.BUFFER_BYTES) {
        @Override
        Running start(String backend) throws IOException {
            BusyPollEcho server = BusyPollEcho.start(0);
            return new Running(
                    server.address(), server::received, server::sent, () -> 0, serving(server::serve, server::close));
        }
    },

    THREAD_PER_CONNECTION(false, ThreadPerConnectionEcho.BUFFER_BYTES) {
        @Override
        Running start(String backend) throws IOException {
            ThreadPerConnectionEcho server = ThreadPerConnectionEcho.start(0, Thread.ofPlatform());
            return new Running(server.address(), server::received, server::sent, () -> 0, server::close);
        }
    },

    VIRTUAL_THREAD_PER_CONNECTION(false, ThreadPerConnectionEcho.BUFFER_BYTES) {
        @Override
        Running start(String backend) throws IOException {
            ThreadPerConnectionEcho server = ThreadPerConnectionEcho.start(0, Thread.ofVirtual());
            return new Running(server.address(), server::received, server::sent, () -> 0, server::close);
        }
    };

    private final boolean onBackend;
    private final long mostHeld;

    EchoTutorial(boolean onBackend, long mostHeld) {
        this.onBackend = onBackend;
        this.mostHeld = mostHeld;
    }

    /** Returns whether it runs on a backend; the others are what those are compared with. */
    boolean isOnBackend() {
        return onBackend;
    }

    /** Returns the most bytes that it may hold for one connection. */
    long mostHeld() {
        return mostHeld;
    }

    abstract Running start(String backend) throws IOException;

    /** Returns what comes back for {@code question}. */
    byte[] answer(byte[] question) {
        return question;
    }

    /** A step of a server's life. */
    @FunctionalInterface
    interface Step {

        void run() throws IOException;
    }

    /** Runs a server on a thread of its own and returns how to end both. */
    private static Step serving(Step service, Step end) {
        FutureTask<?> task = new FutureTask<>(() -> {
            service.run();
            return null;
        });
        new Thread(task, "serving").start();
        return () -> {
            end.run();
            try {
                task.get(Clients.SOON_MILLIS, TimeUnit.MILLISECONDS);
            } catch (InterruptedException | ExecutionException | TimeoutException e) {
                throw new IOException("the server did not end as it should", e);
            }
        };
    }

    /**
     * A server that runs.
     *
     * @param events what its selector has reported so far
     * @param end how to end it
     */
    record Running(InetSocketAddress address, LongSupplier received, LongSupplier sent, LongSupplier events, Step end)
            implements AutoCloseable {

        /** Returns how much it has taken and not sent back, or less if it is at work right now. */
        long held() {
            long taken = received.getAsLong();
            return taken - sent.getAsLong();
        }

        @Override
        public void close() throws IOException {
            end.run();
        }
    }
}
