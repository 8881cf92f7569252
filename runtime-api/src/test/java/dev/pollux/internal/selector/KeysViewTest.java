package dev.pollux.internal.selector;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.google.common.collect.testing.MapTestSuiteBuilder;
import com.google.common.collect.testing.SampleElements;
import com.google.common.collect.testing.TestMapGenerator;
import com.google.common.collect.testing.features.CollectionSize;
import com.google.common.collect.testing.features.MapFeature;
import dev.pollux.Events;
import dev.pollux.Fd;
import dev.pollux.NanoClock;
import dev.pollux.SelectorKey;
import dev.pollux.internal.discovery.BackendCatalog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import junit.framework.Test;
import junit.framework.TestCase;
import junit.framework.TestSuite;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The view of the registrations is a map in every respect that Guava's suite for unmodifiable maps knows. */
class KeysViewTest {

    @TestFactory
    Stream<DynamicTest> keysIsAnUnmodifiableMap() {
        List<DynamicTest> tests = new ArrayList<>();
        flatten(
                MapTestSuiteBuilder.using(new Registrations())
                        .named("keys")
                        .withFeatures(CollectionSize.ANY, MapFeature.ALLOWS_ANY_NULL_QUERIES)
                        .createTestSuite(),
                tests);
        return tests.stream();
    }

    /** The suite is of JUnit 3: each of its cases becomes a test of its own here. */
    @SuppressWarnings("JdkObsolete")
    private static void flatten(Test test, List<DynamicTest> tests) {
        if (test instanceof TestSuite suite) {
            Collections.list(suite.tests()).forEach(part -> flatten(part, tests));
        } else {
            TestCase single = (TestCase) test;
            tests.add(dynamicTest(single.toString(), single::runBare));
        }
    }

    /** Registers what a case asks for, in a selector of its own. */
    private static final class Registrations implements TestMapGenerator<Object, SelectorKey> {

        private static Map.Entry<Object, SelectorKey> entry(int fd) {
            Object source = Fd.of(fd);
            return Map.entry(source, new SelectorKey(source, fd, Events.READ, "data of " + fd));
        }

        @Override
        public SampleElements<Map.Entry<Object, SelectorKey>> samples() {
            return new SampleElements<>(entry(3), entry(4), entry(5), entry(6), entry(7));
        }

        @Override
        @SuppressWarnings("unchecked") // The suite passes entries of samples() back.
        public Map<Object, SelectorKey> create(Object... entries) {
            ScriptedProvider provider = ScriptedProvider.withEverything();
            try {
                KeyedSelector selector = new KeyedSelector(provider, BackendCatalog.of(provider), NanoClock.system());
                for (Object each : entries) {
                    Map.Entry<Object, SelectorKey> entry = (Map.Entry<Object, SelectorKey>) each;
                    SelectorKey key = entry.getValue();
                    if (!selector.keys().containsKey(entry.getKey())) {
                        selector.register(entry.getKey(), key.events(), key.data());
                    } else {
                        selector.modify(entry.getKey(), key.events(), key.data());
                    }
                }
                return selector.keys();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        @SuppressWarnings({"unchecked", "rawtypes"}) // Java has no arrays of generic types.
        public Map.Entry<Object, SelectorKey>[] createArray(int length) {
            return new Map.Entry[length];
        }

        @Override
        public Iterable<Map.Entry<Object, SelectorKey>> order(List<Map.Entry<Object, SelectorKey>> insertionOrder) {
            return insertionOrder;
        }

        @Override
        public Object[] createKeyArray(int length) {
            return new Object[length];
        }

        @Override
        public SelectorKey[] createValueArray(int length) {
            return new SelectorKey[length];
        }
    }
}
