package dev.pollux.ffm.bridge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.pollux.tck.NioSelectorProperties;
import java.nio.channels.spi.SelectorProvider;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

/** That random histories find what is wrong with a selector, and nothing where nothing is. */
@Tag("full")
@EnabledOnOs(OS.LINUX)
class HistoriesFindFaultsTest {

    private static Fault fault = Fault.NONE;

    static class Faulty extends NioSelectorProperties {
        @Override
        protected SelectorProvider provider() {
            return FaultySelector.provider(fault);
        }

        @Override
        protected Duration patience() {
            return fault == Fault.NONE ? super.patience() : Duration.ofSeconds(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFaultIsFoundAndOnlyThat(Fault tested) {
        fault = tested;

        List<Event> failed = EngineTestKit.engine("jqwik")
                .selectors(selectClass(Faulty.class))
                // A history that failed on one fault must not be tried first on the next.
                .configurationParameter("jqwik.database", "")
                // The rarest fault shows in one of some hundred histories; the search ends with the first one.
                .configurationParameter("jqwik.tries.default", tested == Fault.NONE ? "1000" : "20000")
                .configurationParameter("jqwik.shrinking.default", "OFF")
                .configurationParameter("jqwik.reporting.usejunitplatform", "true")
                .execute()
                .testEvents()
                .failed()
                .list();

        assertEquals(tested == Fault.NONE ? 0 : 1, failed.size(), failed::toString);
    }
}
