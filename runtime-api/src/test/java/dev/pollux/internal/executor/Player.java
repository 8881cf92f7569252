package dev.pollux.internal.executor;

import dev.pollux.internal.executor.History.Call;
import dev.pollux.internal.executor.History.Work;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Delayed;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/** Plays a history on an executor and writes down what calls, tasks and futures answer. */
final class Player {

    /** Longer delays count as this one: versions of the JDK differ in what they make of them. */
    private static final long MANY_YEARS = TimeUnit.DAYS.toNanos(100 * 365);

    private final Subject subject;
    private final long startNanos;
    private final AtomicInteger ids = new AtomicInteger();
    private final Map<Integer, Future<?>> futures = new ConcurrentSkipListMap<>();
    private final List<String> ran = Collections.synchronizedList(new ArrayList<>());
    private final List<String> answers = new ArrayList<>();

    /** Set while the player is in a call: a task that begins meanwhile waits, or it might precede the call's answer. */
    private volatile boolean calling;

    Player(Subject subject) {
        this.subject = subject;
        this.startNanos = subject.nanoTime();
    }

    /** Returns what was answered, one line for each call, task and future. */
    List<String> play(List<Call> history) throws Exception {
        for (Call call : history) {
            answers.add(call + " -> " + answer(call));
            subject.settle();
            answers.addAll(ran);
            ran.clear();
            answers.add("then " + state() + describeFutures());
        }
        return answers;
    }

    private String answer(Call call) throws Exception {
        boolean outside = !(call instanceof History.During
                || call instanceof History.InvokeAll
                || call instanceof History.InvokeAny);
        calling = outside;
        try {
            return call.on(this);
        } catch (RejectedExecutionException | IllegalArgumentException e) {
            return e.getClass().getSimpleName();
        } finally {
            calling = false;
        }
    }

    String during(List<Call> calls) throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        int id = nextId();
        try {
            future(id, executor().submit(() -> {
                begun.countDown();
                ran.add(id + " held, interrupted: " + isInterruptedBefore(go));
                return "held";
            }));
        } catch (RejectedExecutionException e) {
            return "rejected";
        }
        subject.settleInBackground();
        ExecutorTests.await(begun);
        List<String> inside = new ArrayList<>();
        for (Call call : calls) {
            inside.add(answer(call));
        }
        go.countDown();
        return inside.toString();
    }

    private static boolean isInterruptedBefore(CountDownLatch go) throws InterruptedException {
        boolean interrupted = false;
        boolean waits = true;
        while (waits) {
            try {
                go.await();
                waits = false;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        return Thread.interrupted() || interrupted;
    }

    ScheduledExecutorService executor() {
        return subject.executor();
    }

    void pass(long hours) {
        subject.pass(TimeUnit.HOURS.toNanos(hours));
    }

    <T> T waiting(Callable<T> call) throws Exception {
        return subject.waiting(call);
    }

    int nextId() {
        return ids.getAndIncrement();
    }

    String future(int id, Future<?> future) {
        futures.put(id, future);
        return "future " + id;
    }

    Future<?> future(int number) {
        return futures.isEmpty() ? null : List.copyOf(futures.values()).get(number % futures.size());
    }

    String state() {
        return "shutdown=" + executor().isShutdown();
    }

    /** Names tasks by their numbers: the order of what has not begun is not specified. */
    String names(List<Runnable> tasks) {
        List<String> names = new ArrayList<>();
        for (Runnable task : tasks) {
            String name = "executed";
            for (Map.Entry<Integer, Future<?>> entry : futures.entrySet()) {
                name = entry.getValue() == task ? "future " + entry.getKey() : name;
            }
            if (!subject.isOwn(task)) {
                names.add(name);
            }
        }
        Collections.sort(names);
        return names.toString();
    }

    private String describeFutures() {
        StringBuilder text = new StringBuilder(" terminated=" + executor().isTerminated());
        Delayed last = null;
        for (Map.Entry<Integer, Future<?>> entry : futures.entrySet()) {
            Future<?> future = entry.getValue();
            text.append("\n  ").append(entry.getKey()).append(": ").append(outcome(future));
            if (future instanceof Delayed delayed) {
                text.append(", due in ").append(Math.min(MANY_YEARS, delayed.getDelay(TimeUnit.NANOSECONDS)));
                text.append(", by order ").append(last == null ? 0 : Integer.signum(delayed.compareTo(last)));
                last = delayed;
            }
        }
        return text.toString();
    }

    static String outcome(Future<?> future) {
        String done = (future.isDone() ? "done " : "") + (future.isCancelled() ? "cancelled " : "");
        try {
            return done + future.get(0, TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            return done + "failed: " + e.getCause().getMessage();
        } catch (CancellationException | TimeoutException e) {
            return done + e.getClass().getSimpleName();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    List<Callable<String>> tasks(List<Work> works) {
        List<Callable<String>> tasks = new ArrayList<>();
        for (Work work : works) {
            int id = nextId();
            tasks.add(() -> {
                if (work.failsInRun() == 1) {
                    throw new IllegalStateException("task " + id);
                }
                return "result " + id;
            });
        }
        return tasks;
    }

    Task task(int id, Work work) {
        return new Task(id, work);
    }

    /** A task that writes down its runs. */
    final class Task implements Callable<String>, Runnable {

        private final int id;
        private final Work work;
        private int runs;

        Task(int id, Work work) {
            this.id = id;
            this.work = work;
        }

        @Override
        public String call() throws Exception {
            while (calling) {
                Thread.onSpinWait();
            }
            runs++;
            long hours = TimeUnit.NANOSECONDS.toHours(subject.nanoTime() - startNanos);
            ran.add("run " + runs + " of " + id + " in hour " + hours + interrupted());
            if (runs == 1) {
                pass(work.hours());
                for (Call call : work.calls()) {
                    ran.add("  " + call.getClass().getSimpleName() + " -> " + answerInTask(call) + interrupted());
                }
            }
            if (runs == work.failsInRun()) {
                throw new IllegalStateException("task " + id);
            }
            return "result " + id;
        }

        private String answerInTask(Call call) throws Exception {
            try {
                return call.on(Player.this);
            } catch (RejectedExecutionException | IllegalArgumentException e) {
                return e.getClass().getSimpleName();
            }
        }

        private String interrupted() {
            return Thread.currentThread().isInterrupted() ? ", interrupted" : "";
        }

        @Override
        public void run() {
            try {
                call();
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
