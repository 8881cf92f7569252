package dev.pollux.tck.model;

import dev.pollux.Capability;
import dev.pollux.tck.source.TestSource;
import dev.pollux.tck.source.TestSources;
import dev.pollux.tck.source.TestedBackend;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A fixed set of sources, used by one history after the other, because making them costs more than a history. */
public final class HistoryRunner implements AutoCloseable {

    /** How many there are: four connections, both ends of pipes, and a server or one more connection. */
    static final int COUNT = 7;

    private final TestedBackend subject;
    private final TestSources maker;
    private final List<TestSource> sources = new ArrayList<>();

    public HistoryRunner(TestedBackend subject) throws IOException {
        this.subject = subject;
        this.maker = subject.newSources();
        for (int i = 0; i < 4; i++) {
            sources.add(maker.duplex());
        }
        sources.add(maker.reader());
        sources.add(maker.writer());
        sources.add(listens() ? maker.listener() : maker.duplex());
    }

    private boolean listens() {
        return maker.areChannels() || subject.has(Capability.JAVA_CHANNELS);
    }

    /** Begins a history. */
    public Run begin() throws IOException {
        return new Run(
                subject.open(subject.provider()),
                sources,
                maker.areChannels() ? null : subject.descriptors().orElse(null),
                subject.batchLimit(),
                subject.patience());
    }

    /** Makes each step of a history, compares, and returns what was answered. */
    public List<String> outcomes(List<Step> history) throws IOException {
        Run run = begin();
        try {
            for (Step step : history) {
                run.apply(step);
                run.checkRegistrations();
            }
            return new ArrayList<>(run.outcomes());
        } finally {
            end(run);
        }
    }

    /** Ends a history, and puts back in order what it has used. */
    public void end(Run run) throws IOException {
        for (TestSource used : run.end()) {
            maker.discard(used);
            sources.set(sources.indexOf(used), another(used.kind()));
        }
    }

    private TestSource another(TestSource.Kind kind) throws IOException {
        if (kind == TestSource.Kind.DUPLEX) {
            return maker.duplex();
        }
        if (kind == TestSource.Kind.LISTENER) {
            return maker.listener();
        }
        return kind == TestSource.Kind.READER ? maker.reader() : maker.writer();
    }

    @Override
    public void close() {
        maker.close();
    }
}
