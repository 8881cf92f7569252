package dev.pollux.tck;

import dev.pollux.Capability;
import dev.pollux.tck.model.Run;
import dev.pollux.tck.model.Step;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A fixed set of sources, used by one history after the other, because making them costs more than a history. */
final class Sources implements AutoCloseable {

    /** How many there are: four connections, both ends of pipes, and a server or one more connection. */
    static final int COUNT = 7;

    private final Subject subject;
    private final Links links;
    private final List<Link> sources = new ArrayList<>();

    Sources(Subject subject) throws IOException {
        this.subject = subject;
        this.links = Links.of(subject);
        for (int i = 0; i < 4; i++) {
            sources.add(links.duplex());
        }
        sources.add(links.reader());
        sources.add(links.writer());
        sources.add(listens() ? links.listener() : links.duplex());
    }

    private boolean listens() {
        return links.areChannels() || subject.has(Capability.JAVA_CHANNELS);
    }

    /** Begins a history. */
    Run begin() throws IOException {
        return new Run(
                subject.open(subject.provider()),
                sources,
                links.areChannels() ? null : subject.descriptors().orElse(null),
                subject.batchLimit(),
                subject.patience());
    }

    /** Makes each step of a history, compares, and returns what was answered. */
    List<String> outcomes(List<Step> history) throws IOException {
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
    void end(Run run) throws IOException {
        for (Link used : run.end()) {
            links.discard(used);
            sources.set(sources.indexOf(used), another(used.kind()));
        }
    }

    private Link another(Link.Kind kind) throws IOException {
        if (kind == Link.Kind.DUPLEX) {
            return links.duplex();
        }
        if (kind == Link.Kind.LISTENER) {
            return links.listener();
        }
        return kind == Link.Kind.READER ? links.reader() : links.writer();
    }

    @Override
    public void close() {
        links.close();
    }
}
