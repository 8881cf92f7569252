package dev.pollux.internal.executor;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** The calls that a history of an executor consists of. Time is in hours. */
final class History {

    private History() {}

    /** A call of an executor; its answer is a sentence, so that two executors can be compared by it. */
    sealed interface Call {

        String on(Player player) throws Exception;
    }

    /** What a task does in its first run, how long that takes, and the run in which it throws, if any. */
    record Work(List<Call> calls, int hours, int failsInRun) {}

    record Execute(Work work) implements Call {
        @Override
        public String on(Player player) {
            player.executor().execute(player.task(player.nextId(), work));
            return "taken";
        }
    }

    record Submit(Work work) implements Call {
        @Override
        public String on(Player player) {
            int id = player.nextId();
            Callable<String> task = player.task(id, work);
            return player.future(id, player.executor().submit(task));
        }
    }

    record SubmitWithResult(Work work) implements Call {
        @Override
        public String on(Player player) {
            int id = player.nextId();
            Runnable task = player.task(id, work);
            return player.future(id, player.executor().submit(task, "given " + id));
        }
    }

    record Schedule(Work work, long delay, TimeUnit unit) implements Call {
        @Override
        public String on(Player player) {
            int id = player.nextId();
            Callable<String> task = player.task(id, work);
            return player.future(id, player.executor().schedule(task, delay, unit));
        }
    }

    record ScheduleTask(Work work, long delay, TimeUnit unit) implements Call {
        @Override
        public String on(Player player) {
            int id = player.nextId();
            Runnable task = player.task(id, work);
            return player.future(id, player.executor().schedule(task, delay, unit));
        }
    }

    record AtFixedRate(Work work, long initialDelay, long period) implements Call {
        @Override
        public String on(Player player) {
            int id = player.nextId();
            return player.future(
                    id,
                    player.executor().scheduleAtFixedRate(player.task(id, work), initialDelay, period, TimeUnit.HOURS));
        }
    }

    record WithFixedDelay(Work work, long initialDelay, long delay) implements Call {
        @Override
        public String on(Player player) {
            int id = player.nextId();
            return player.future(
                    id,
                    player.executor()
                            .scheduleWithFixedDelay(player.task(id, work), initialDelay, delay, TimeUnit.HOURS));
        }
    }

    /** Cancels one of the futures there are. */
    record Cancel(int number, boolean mayInterrupt) implements Call {
        @Override
        public String on(Player player) {
            Future<?> future = player.future(number);
            return future == null ? "no future" : String.valueOf(future.cancel(mayInterrupt));
        }
    }

    record Shutdown() implements Call {
        @Override
        public String on(Player player) {
            player.executor().shutdown();
            return player.state();
        }
    }

    record ShutdownNow() implements Call {
        @Override
        public String on(Player player) {
            return player.names(player.executor().shutdownNow());
        }
    }

    record Await() implements Call {
        @Override
        public String on(Player player) throws InterruptedException {
            // An interrupt would end the wait before it begins.
            boolean interrupted = Thread.interrupted();
            String answer = player.executor().awaitTermination(0, TimeUnit.HOURS) + " " + player.state();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            return answer;
        }
    }

    record Pass(int hours) implements Call {
        @Override
        public String on(Player player) {
            player.pass(hours);
            return "";
        }
    }

    // Calls that only a thread outside the executor may make.

    record InvokeAll(List<Work> works, boolean inTime) implements Call {
        @Override
        public String on(Player player) throws Exception {
            List<Callable<String>> tasks = player.tasks(works);
            List<Future<String>> futures = player.waiting(() -> inTime
                    ? player.executor().invokeAll(tasks)
                    : player.executor().invokeAll(tasks, 0, TimeUnit.HOURS));
            List<String> answers = new ArrayList<>();
            for (Future<String> future : futures) {
                answers.add(Player.outcome(future));
            }
            return answers.toString();
        }
    }

    record InvokeAny(List<Work> works) implements Call {
        @Override
        public String on(Player player) throws Exception {
            List<Callable<String>> tasks = player.tasks(works);
            try {
                return player.waiting(() -> player.executor().invokeAny(tasks, 1, TimeUnit.DAYS));
            } catch (ExecutionException e) {
                return "failed: " + e.getCause().getMessage();
            }
        }
    }

    /** Makes {@code calls} while a task is running. */
    record During(List<Call> calls) implements Call {
        @Override
        public String on(Player player) throws Exception {
            return player.during(calls);
        }
    }
}
