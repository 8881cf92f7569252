package dev.pollux.tck.rules;

import static dev.pollux.Events.NONE;
import static dev.pollux.Events.ONESHOT;
import static dev.pollux.Events.READ;
import static dev.pollux.Events.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.pollux.Events;
import dev.pollux.Fd;
import dev.pollux.HasFd;
import dev.pollux.NotRegisteredException;
import dev.pollux.Ready;
import dev.pollux.SelectorKey;
import dev.pollux.tck.source.Descriptors;
import dev.pollux.tck.source.TestSource;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** MOD: another interest or other data for what is registered. */
public interface ModifyRules extends RuleGroup {

    @Test
    @Rule("MOD-1")
    default void newEventsGiveANewKeyOfTheSameSource() throws IOException {
        Object source = sources().duplex().fileobj();
        SelectorKey old = selector().register(source, READ, "data");

        SelectorKey key = selector().modify(source, WRITE, "data");

        assertEquals(new SelectorKey(source, old.fd(), WRITE, "data"), key);
        assertSame(key, selector().key(source));
        assertEquals(READ, old.events(), "a key is a value");
    }

    @Test
    @Rule("MOD-1")
    default void withoutDataModifyKeepsIt() throws IOException {
        Object source = sources().duplex().fileobj();
        Object data = new Object();
        selector().register(source, READ, data);

        assertSame(data, selector().modify(source, WRITE).data());
    }

    @Test
    @Rule("MOD-1")
    default void nullDataReplacesData() throws IOException {
        Object source = sources().duplex().fileobj();
        selector().register(source, READ, "data");

        assertNull(selector().modify(source, READ, null).data());
    }

    @Test
    @Rule("MOD-1")
    default void sameEventsAndDataAreTheSameKeyWithoutAKernelCall() throws IOException {
        Object source = sources().duplex().fileobj();
        SelectorKey key = selector().register(source, READ | WRITE, "data");
        long before = calls().sourceCalls();

        assertSame(key, selector().modify(source, READ | WRITE, "data"));
        assertSame(key, selector().modify(source, READ | WRITE));

        assertEquals(before, calls().sourceCalls());
    }

    @Test
    @Rule("MOD-1")
    default void theNewEventsAreReportedAndTheOldOnesAreNot() throws IOException {
        TestSource source = sources().duplex();
        selector().register(source.fileobj(), READ, null);
        source.makeReadable();
        fixture().awaitReady(source, READ);

        for (int i = 0; i < 20; i++) {
            selector().modify(source.fileobj(), WRITE);
            assertEquals(WRITE, fixture().readyNow(source));
            selector().modify(source.fileobj(), READ);
            assertEquals(READ, fixture().readyNow(source));
            selector().modify(source.fileobj(), READ | WRITE);
            assertEquals(READ | WRITE, fixture().readyNow(source));
        }
    }

    @Test
    @Rule({"MOD-1", "SEL-2"})
    default void whatIsChangedIsStillReportedAsItself() throws IOException {
        TestSource changed = sources().duplex();
        TestSource later = sources().duplex();
        selector().register(changed.fileobj(), WRITE, "changed");
        selector().register(later.fileobj(), READ, "later");

        SelectorKey key = selector().modify(changed.fileobj(), READ);
        changed.makeReadable();

        assertEquals(List.of(new Ready(key, READ)), selector().select(fixture().soon()));
    }

    @Test
    @Rule("MOD-2")
    default void newDataAloneIsNoKernelCall() throws IOException {
        TestSource source = sources().duplex();
        SelectorKey old = selector().register(source.fileobj(), WRITE, "old");
        long before = calls().sourceCalls();

        SelectorKey key = selector().modify(source.fileobj(), WRITE, "new");

        assertEquals(before, calls().sourceCalls());
        assertNotSame(old, key);
        assertEquals(List.of(new Ready(key, WRITE)), selector().select(fixture().soon()));
    }

    @Test
    @Rule("MOD-2")
    default void equalButOtherDataIsNewData() throws IOException {
        Object source = sources().duplex().fileobj();
        List<Object> old = new ArrayList<>();
        List<Object> fresh = new ArrayList<>();
        selector().register(source, READ, old);

        assertSame(fresh, selector().modify(source, READ, fresh).data());
    }

    @Test
    @Rule("MOD-3")
    default void modifyRefusesUnknownAndReportedBits() throws IOException {
        TestSource source = sources().duplex();
        SelectorKey key = selector().register(source.fileobj(), WRITE, "data");

        for (int bits : new int[] {1 << 8, 1 << 31, Events.ERROR, Events.HANGUP, Events.INVALID}) {
            String[] named = {Events.toString(bits), "cannot be asked for", "use READ, WRITE and PRIORITY"};
            fixture()
                    .assertRefused(
                            IllegalArgumentException.class,
                            () -> selector().modify(source.fileobj(), READ | bits),
                            (Object[]) named);
            fixture()
                    .assertRefused(
                            IllegalArgumentException.class,
                            () -> selector().modify(source.fileobj(), READ | bits, "new"),
                            (Object[]) named);
        }

        assertEquals(List.of(new Ready(key, WRITE)), selector().select(fixture().soon()));
    }

    @Test
    @Rule("MOD-3")
    default void modifyChecksEventsBeforeTheSource() {
        fixture()
                .assertRefused(
                        IllegalArgumentException.class, () -> selector().modify("nothing", 1 << 20, "new"), "0x100000");
        fixture()
                .assertRefused(IllegalArgumentException.class, () -> selector().modify("nothing", 1 << 20), "0x100000");
    }

    @Test
    @Rule({"MOD-3", "REG-2"})
    default void modifyToAModeWithoutADirectionFails() throws IOException {
        TestSource source = sources().duplex();
        SelectorKey key = selector().register(source.fileobj(), READ | ONESHOT, "data");

        fixture()
                .assertRefused(
                        IllegalArgumentException.class, () -> selector().modify(source.fileobj(), ONESHOT), "ONESHOT");
        fixture()
                .assertRefused(
                        IllegalArgumentException.class,
                        () -> selector().modify(source.fileobj(), SelectionKey.OP_WRITE, "new"),
                        "SelectionKey.OP_WRITE");

        assertSame(key, selector().key(source.fileobj()));
    }

    @Test
    @Rule("MOD-3")
    default void modifyRefusesEventsThatDoNotFitTheChannel() throws IOException {
        fixture().needsChannels();
        Object server = sources().listener().fileobj();
        SelectorKey key = selector().register(server, READ, "data");

        fixture()
                .assertRefused(
                        IllegalArgumentException.class,
                        () -> selector().modify(server, READ | WRITE, "new"),
                        server,
                        "WRITE does not fit",
                        "can be watched for READ");

        assertSame(key, selector().key(server));
    }

    @Test
    @Rule("MOD-3")
    default void modifyingWhatIsNotRegisteredIsRefused() throws IOException {
        Object source = sources().duplex().fileobj();

        fixture()
                .assertRefused(
                        NotRegisteredException.class,
                        () -> selector().modify(source, READ, "data"),
                        source,
                        "not registered",
                        "register it first");
        fixture().assertRefused(NotRegisteredException.class, () -> selector().modify(source, READ), source);
        fixture().assertRefused(NotRegisteredException.class, () -> selector().modify(source, NONE), source);
    }

    @Test
    @Rule("MOD-3")
    @SuppressWarnings("NullAway") // what is tested
    default void modifyingNullIsRefused() {
        fixture().assertRefused(NullPointerException.class, () -> selector().modify(null, READ), "fileobj");
        fixture().assertRefused(NullPointerException.class, () -> selector().modify(null, READ, "data"), "fileobj");
    }

    @Test
    @Rule("MOD-3")
    default void modifyThroughAnotherObjectKeepsTheFirst() throws IOException {
        fixture().descriptors();
        TestSource source = sources().duplex();
        int number = selector().register(source.fileobj(), READ, "old").fd();

        SelectorKey key = selector().modify(Fd.of(number), WRITE, "new");

        assertSame(source.fileobj(), key.fileobj());
        assertEquals(Map.of(source.fileobj(), key), selector().keys());
        assertEquals(WRITE, fixture().awaitReady(source, WRITE));
    }

    @Test
    @Rule({"MOD-4", "UNR-2"})
    default void modifyingAClosedChannelFailsAtOnceAndLeavesItsKey() throws IOException {
        fixture().needsChannels();
        TestSource.Connection source = sources().socketChannels();
        SelectorKey key = selector().register(source.fileobj(), READ, "data");
        source.closeSource();

        assertChangeFailsAtOnce(source.fileobj(), key);
    }

    @Test
    @Rule({"MOD-4", "UNR-2"})
    default void modifyingAnObjectThatSaysItIsClosedFailsAtOnceAndLeavesItsKey() throws IOException {
        Descriptors system = fixture().descriptors();
        Descriptors.Pair pipe = system.pipe();
        int[] number = {pipe.first()};
        HasFd source = () -> number[0];
        try {
            SelectorKey key = selector().register(source, READ, "data");
            number[0] = -1;

            assertChangeFailsAtOnce(source, key);
        } finally {
            system.close(pipe.first());
            system.close(pipe.second());
        }
    }

    private void assertChangeFailsAtOnce(Object closed, SelectorKey key) throws IOException {
        long before = calls().sourceCalls();
        fixture()
                .assertRefused(
                        ClosedChannelException.class,
                        () -> selector().modify(closed, READ | WRITE, "new"),
                        "unregister");

        assertSame(key, selector().key(closed));
        assertEquals(before, calls().sourceCalls());
        assertEquals(NONE, selector().modify(closed, NONE).events());
        fixture().assertQuiet();
        assertEquals("data", selector().unregister(closed).data());
    }

    @Test
    @Rule({"MOD-1", "REG-3"})
    default void modifiedToNoneASourceNeitherReportsNorSpins() throws IOException {
        TestSource.Connection source = sources().connection();
        selector().register(source.fileobj(), READ | WRITE, null);
        source.makeReadable();
        fixture().awaitReady(source, READ | WRITE);

        selector().modify(source.fileobj(), NONE);
        source.peer().reset();

        fixture().assertQuiet();
        fixture().assertQuiet();
        selector().modify(source.fileobj(), READ);
        fixture().awaitReady(source, READ);
    }

    @Test
    @Rule({"MOD-1", "REG-3"})
    default void noneIsReachedAndLeftAsOftenAsOneLikes() throws IOException {
        TestSource source = sources().duplex();
        source.makeReadable();
        selector().register(source.fileobj(), READ, null);
        fixture().awaitReady(source, READ);

        for (int i = 0; i < 20; i++) {
            selector().modify(source.fileobj(), NONE);
            selector().modify(source.fileobj(), NONE);
            assertEquals(0, fixture().readyNow(source));
            selector().modify(source.fileobj(), READ);
            assertEquals(READ, fixture().readyNow(source));
        }
    }

    @Test
    @Rule("MOD-5")
    default void aChangeInsideTheBatchIsHonoured() throws IOException {
        TestSource one = sources().duplex();
        TestSource other = sources().duplex();
        for (TestSource source : List.of(one, other)) {
            selector().register(source.fileobj(), READ | WRITE, null);
            source.makeReadable();
            fixture().awaitReady(source, READ | WRITE);
        }
        List<Ready> delivered = new ArrayList<>();

        selector().select(fixture().soon(), (key, ready) -> {
            delivered.add(new Ready(key, ready));
            selector().modify(key.fileobj() == one.fileobj() ? other.fileobj() : one.fileobj(), READ);
        });

        assertEquals(2, delivered.size(), delivered::toString);
        assertEquals(READ | WRITE, delivered.get(0).ready());
        assertEquals(READ, delivered.get(1).ready());
        assertEquals(READ, delivered.get(1).key().events());
    }

    @Test
    @Rule("MOD-5")
    default void aChangeToNoneInsideTheBatchIsHonoured() throws IOException {
        TestSource one = sources().duplex();
        TestSource other = sources().duplex();
        selector().register(one.fileobj(), WRITE, null);
        selector().register(other.fileobj(), WRITE, null);
        assertEquals(2, selector().select(fixture().soon()).size());
        List<Object> delivered = new ArrayList<>();

        selector().select(fixture().soon(), (key, ready) -> {
            delivered.add(key.fileobj());
            selector().modify(key.fileobj() == one.fileobj() ? other.fileobj() : one.fileobj(), NONE);
        });

        assertEquals(1, delivered.size(), delivered::toString);
    }

    @Test
    @Rule("MOD-5")
    default void aChangeToAnotherDirectionInsideTheBatchIsHonoured() throws IOException {
        TestSource one = sources().duplex();
        TestSource other = sources().duplex();
        selector().register(one.fileobj(), WRITE, null);
        selector().register(other.fileobj(), WRITE, null);
        assertEquals(2, selector().select(fixture().soon()).size());
        List<Object> delivered = new ArrayList<>();

        int count = selector().select(fixture().soon(), (key, ready) -> {
            delivered.add(key.fileobj());
            selector().modify(key.fileobj() == one.fileobj() ? other.fileobj() : one.fileobj(), READ);
        });

        assertEquals(1, count);
        assertEquals(1, delivered.size(), delivered::toString);
        assertTrue(
                selector().metrics().rebuilds() == 0,
                () -> "nothing was wrong: " + selector().metrics());
    }

    @Test
    @Rule({"MOD-3", "KEY-1"})
    default void aSourceWhoseNumberChangedKeepsTheOneItWasRegisteredWith() throws IOException {
        Descriptors system = fixture().descriptors();
        Descriptors.Pair pipe = system.pipe();
        int[] number = {pipe.first()};
        HasFd source = () -> number[0];
        try {
            selector().register(source, READ, null);
            number[0] = pipe.second();

            SelectorKey key = selector().modify(source, READ, "data");

            assertEquals(pipe.first(), key.fd());
            assertSame(key, selector().unregister(source));
        } finally {
            system.close(pipe.first());
            system.close(pipe.second());
        }
    }
}
