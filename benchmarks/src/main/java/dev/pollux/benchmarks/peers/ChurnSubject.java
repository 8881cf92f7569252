package dev.pollux.benchmarks.peers;

import dev.pollux.benchmarks.ChurnSide;
import dev.pollux.benchmarks.ChurnSides;
import dev.pollux.benchmarks.Sources;
import dev.pollux.loop.EventLoop;
import java.io.IOException;
import java.util.List;

/**
 * Changes what is watched: {@code load IDLE WORK}, see {@code churn_epoll.c}. On an event loop the calls are made in the hook
 * before the wait, and a turn is one that does not wait.
 */
final class ChurnSubject implements Metered.Subject {

    private final Sources sources = Sources.open(1);
    private final Counter cycles = new Counter();
    private final ChurnSide side;
    private final MeteredThread.Turn turn;
    private final MeteredThread thread;

    /** What a cycle consists of, each part with a wait of its own. The measured thread's. */
    private List<MeteredThread.Turn> parts = List.of();

    private int next;
    private boolean toggling;

    private ChurnSubject(Contestant contestant) throws Exception {
        if (contestant.kind().equals("pollux-loop")) {
            EventLoop loop = EventLoop.builder()
                    .backend(contestant.backend())
                    .failureHandler(failure -> Answers.end(failure.error()))
                    .beforeWait(this::change)
                    .open();
            side = ChurnSides.on(loop, sources.channel(0), ready -> {});
            turn = side::selectNow;
        } else {
            side = ChurnSides.open(side(contestant), sources.channel(0), ready -> {});
            turn = () -> {
                change();
                side.selectNow();
            };
        }
        thread = MeteredThread.of(turn);
    }

    static ChurnSubject open(Contestant contestant) throws Exception {
        return new ChurnSubject(contestant);
    }

    private static String side(Contestant contestant) {
        return contestant.kind().equals("pollux-selector") ? contestant.backend() : contestant.kind();
    }

    private void change() {
        try {
            parts.get(next).once();
        } catch (Exception e) {
            Answers.end(e);
        }
        if (++next == parts.size()) {
            next = 0;
            cycles.increment();
        }
    }

    @Override
    public void load(int idle, int work) throws Exception {
        int before = sources.count();
        sources.growTo(idle + 1);
        thread.call(() -> {
            for (int i = before; i < sources.count(); i++) {
                side.watch(sources.channel(i));
            }
            prepare(ChurnWork.of(work));
            return work;
        });
    }

    private void prepare(ChurnWork work) throws Exception {
        if (toggling) {
            side.unregister();
        } else {
            finishCycle();
        }
        parts = switch (work) {
            case CYCLE -> List.of(this::cycle);
            case CYCLE_OF_WAITS -> List.of(side::register, side::watchWriting, side::unregister);
            case TOGGLE -> List.of(this::toggle);
        };
        toggling = work == ChurnWork.TOGGLE;
        if (toggling) {
            side.register();
        }
    }

    /** The measured thread may have come to rest between two parts. */
    private void finishCycle() throws Exception {
        while (next > 0) {
            turn.once();
        }
    }

    private void cycle() throws Exception {
        side.register();
        side.watchWriting();
        side.unregister();
    }

    private void toggle() throws IOException {
        side.watchWriting();
        side.watchReading();
    }

    @Override
    public Sample run(double seconds) throws Exception {
        return thread.run(seconds, cycles);
    }
}
