package dev.pollux.benchmarks;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jctools.queues.MpscUnboundedArrayQueue;
import org.jctools.queues.atomic.MpscUnboundedAtomicArrayQueue;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * One task through a queue of many producers and one consumer: the queue of the JDK beside two of JCTools, which
 * differ in how they reach memory.
 *
 * <p>Run with {@code java -jar benchmarks/target/benchmarks.jar QueueBenchmark -prof gc}; {@code gc.alloc.rate.norm} is
 * bytes per task. The variant {@code unsafe} makes JDK 24 and later print a warning.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
public class QueueBenchmark {

    private static final int TASKS = 100_000;
    private static final int TURN_SPINS = 32;

    /** The queue: {@code linked} is {@link ConcurrentLinkedQueue}, the others are JCTools' unbounded array queues. */
    @Param({"linked", "atomic", "unsafe"})
    public String side = "";

    private int ran;
    private final Runnable task = this::count;
    private Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private Queue<Runnable> backlog = tasks;
    private Producer producer = new Producer(tasks, task);

    /** Opens the queues and starts the producer. */
    @Setup(Level.Trial)
    public void open() {
        tasks = open(side);
        backlog = open(side);
        for (int i = 0; i < TASKS; i++) {
            backlog.add(task);
        }
        producer = new Producer(tasks, task);
        producer.start();
    }

    private static Queue<Runnable> open(String name) {
        return switch (name) {
            case "linked" -> new ConcurrentLinkedQueue<>();
            case "atomic" -> new MpscUnboundedAtomicArrayQueue<>(1024);
            case "unsafe" -> new MpscUnboundedArrayQueue<>(1024);
            default -> throw new IllegalArgumentException("queue " + name + " is none of linked, atomic, unsafe");
        };
    }

    private void count() {
        ran++;
    }

    /** Ends the producer. */
    @TearDown(Level.Trial)
    public void close() throws InterruptedException {
        producer.finish();
    }

    /** From a producer that never rests to this thread, which looks again at once when there is nothing. */
    @Benchmark
    @OperationsPerInvocation(TASKS)
    public int oneWay() {
        return consume(1);
    }

    /** The same, but this thread stays away for about a microsecond then, as a loop does that asks its kernel. */
    @Benchmark
    @OperationsPerInvocation(TASKS)
    public int oneWayInTurns() {
        return consume(TURN_SPINS);
    }

    private int consume(int spinsWhenEmpty) {
        producer.produce(TASKS);
        for (int left = TASKS; left > 0; ) {
            Runnable next = tasks.poll();
            if (next == null) {
                for (int i = 0; i < spinsWhenEmpty; i++) {
                    Thread.onSpinWait();
                }
            } else {
                next.run();
                left--;
            }
        }
        return ran;
    }

    /** An add and a poll on one thread, the queue otherwise empty. */
    @Benchmark
    public void addAndPoll(Blackhole blackhole) {
        tasks.add(task);
        blackhole.consume(tasks.poll());
    }

    /** The same behind a backlog, so that the consumer is far from the producer. */
    @Benchmark
    public void addAndPollBehindOthers(Blackhole blackhole) {
        backlog.add(task);
        blackhole.consume(backlog.poll());
    }

    /** Adds as many tasks as it is asked for. */
    private static final class Producer extends Thread {

        private final Queue<Runnable> tasks;
        private final Runnable task;
        private final AtomicLong wanted = new AtomicLong();

        Producer(Queue<Runnable> tasks, Runnable task) {
            super("producer");
            this.tasks = tasks;
            this.task = task;
            setDaemon(true);
        }

        void produce(int more) {
            wanted.addAndGet(more);
        }

        void finish() throws InterruptedException {
            wanted.set(-1);
            join();
        }

        @Override
        public void run() {
            long done = 0;
            for (long goal = wanted.get(); goal >= 0; goal = wanted.get()) {
                for (; done < goal; done++) {
                    tasks.add(task);
                }
                Thread.onSpinWait();
            }
        }
    }
}
