package dev.pollux.ffm.testing;

import dev.pollux.ffm.file.EventCounter;
import dev.pollux.spi.BackendProvider;
import dev.pollux.tck.SelectorProperties;
import dev.pollux.tck.Subject;
import dev.pollux.tck.model.Step;
import dev.pollux.tck.rules.Rule;
import dev.pollux.tck.source.WatchedSource;
import java.io.IOException;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** The code of docs/tck.md that is not in its project; a test of the examples compares. */
final class KitSnippets {

    private KitSnippets() {}

    static Subject descriptors(BackendProvider provider) {
        return Subject.of(provider).withDescriptors(new LibcDescriptors());
    }

    static Subject kinds(BackendProvider provider) {
        return Subject.of(provider).withSource("an eventfd", () -> new EventFdSource());
    }

    static final class EventFdSource implements WatchedSource {

        private final EventCounter counter = EventCounter.open();

        EventFdSource() throws IOException {}

        @Override
        public Object fileobj() {
            return counter;
        }

        @Override
        public void makeReadable() throws IOException {
            counter.add(1);
        }

        @Override
        public void drain() throws IOException {
            counter.take();
        }

        @Override
        public void closeSource() {
            counter.close();
        }

        @Override
        public void close() {
            counter.close();
        }
    }

    abstract static class LongRun extends SelectorProperties {

        @Override
        @Property(tries = 100_000)
        @Rule("SEL-1")
        public void agreesWithTheModel(@ForAll("histories") List<Step> history) throws IOException {
            super.agreesWithTheModel(history);
        }
    }
}
