package dev.pollux.tck;

import static dev.pollux.Events.NONE;
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
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** MOD: another interest or other data for what is registered. */
interface ModifyRules extends RuleGroup {

    @Test
    @Rule("MOD-1")
    default void newEventsGiveANewKeyOfTheSameSource() throws IOException {
        Object source = links().duplex().source();
        SelectorKey old = selector().register(source, READ, "data");

        SelectorKey key = selector().modify(source, WRITE, "data");

        assertEquals(new SelectorKey(source, old.fd(), WRITE, "data"), key);
        assertSame(key, selector().key(source));
        assertEquals(READ, old.events(), "a key is a value");
    }

    @Test
    @Rule("MOD-1")
    default void withoutDataModifyKeepsIt() throws IOException {
        Object source = links().duplex().source();
        Object data = new Object();
        selector().register(source, READ, data);

        assertSame(data, selector().modify(source, WRITE).data());
    }

    @Test
    @Rule("MOD-1")
    default void nullDataReplacesData() throws IOException {
        Object source = links().duplex().source();
        selector().register(source, READ, "data");

        assertNull(selector().modify(source, READ, null).data());
    }

    @Test
    @Rule("MOD-1")
    default void sameEventsAndDataAreTheSameKeyWithoutAKernelCall() throws IOException {
        Object source = links().duplex().source();
        SelectorKey key = selector().register(source, READ | WRITE, "data");
        long before = calls().sourceCalls();

        assertSame(key, selector().modify(source, READ | WRITE, "data"));
        assertSame(key, selector().modify(source, READ | WRITE));

        assertEquals(before, calls().sourceCalls());
    }

    @Test
    @Rule("MOD-1")
    default void theNewEventsAreReportedAndTheOldOnesAreNot() throws IOException {
        Link link = links().duplex();
        selector().register(link.source(), READ, null);
        link.makeReadable();
        bench().awaitReady(link, READ);

        for (int i = 0; i < 20; i++) {
            selector().modify(link.source(), WRITE);
            assertEquals(WRITE, bench().readyNow(link));
            selector().modify(link.source(), READ);
            assertEquals(READ, bench().readyNow(link));
            selector().modify(link.source(), READ | WRITE);
            assertEquals(READ | WRITE, bench().readyNow(link));
        }
    }

    @Test
    @Rule({"MOD-1", "SEL-2"})
    default void whatIsChangedIsStillReportedAsItself() throws IOException {
        Link changed = links().duplex();
        Link later = links().duplex();
        selector().register(changed.source(), WRITE, "changed");
        selector().register(later.source(), READ, "later");

        SelectorKey key = selector().modify(changed.source(), READ);
        changed.makeReadable();

        assertEquals(List.of(new Ready(key, READ)), selector().select(bench().soon()));
    }

    @Test
    @Rule("MOD-2")
    default void newDataAloneIsNoKernelCall() throws IOException {
        Link link = links().duplex();
        SelectorKey old = selector().register(link.source(), WRITE, "old");
        long before = calls().sourceCalls();

        SelectorKey key = selector().modify(link.source(), WRITE, "new");

        assertEquals(before, calls().sourceCalls());
        assertNotSame(old, key);
        assertEquals(List.of(new Ready(key, WRITE)), selector().select(bench().soon()));
    }

    @Test
    @Rule("MOD-2")
    default void equalButOtherDataIsNewData() throws IOException {
        Object source = links().duplex().source();
        List<Object> old = new ArrayList<>();
        List<Object> fresh = new ArrayList<>();
        selector().register(source, READ, old);

        assertSame(fresh, selector().modify(source, READ, fresh).data());
    }

    @Test
    @Rule("MOD-3")
    default void modifyRefusesUnknownAndReportedBits() throws IOException {
        Link link = links().duplex();
        SelectorKey key = selector().register(link.source(), WRITE, "data");

        for (int bits : new int[] {1 << 8, 1 << 31, Events.ERROR, Events.HANGUP, Events.INVALID}) {
            String[] named = {Events.toString(bits), "cannot be asked for", "use READ, WRITE and PRIORITY"};
            bench().assertRefused(
                            IllegalArgumentException.class,
                            () -> selector().modify(link.source(), READ | bits),
                            (Object[]) named);
            bench().assertRefused(
                            IllegalArgumentException.class,
                            () -> selector().modify(link.source(), READ | bits, "new"),
                            (Object[]) named);
        }

        assertEquals(List.of(new Ready(key, WRITE)), selector().select(bench().soon()));
    }

    @Test
    @Rule("MOD-3")
    default void modifyChecksEventsBeforeTheSource() {
        bench().assertRefused(
                        IllegalArgumentException.class, () -> selector().modify("nothing", 1 << 9, "new"), "0x200");
        bench().assertRefused(IllegalArgumentException.class, () -> selector().modify("nothing", 1 << 9), "0x200");
    }

    @Test
    @Rule("MOD-3")
    default void modifyRefusesEventsThatDoNotFitTheChannel() throws IOException {
        bench().needsChannels();
        Object server = links().listener().source();
        SelectorKey key = selector().register(server, READ, "data");

        bench().assertRefused(
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
        Object source = links().duplex().source();

        bench().assertRefused(
                        NotRegisteredException.class,
                        () -> selector().modify(source, READ, "data"),
                        source,
                        "not registered",
                        "register it first");
        bench().assertRefused(NotRegisteredException.class, () -> selector().modify(source, READ), source);
        bench().assertRefused(NotRegisteredException.class, () -> selector().modify(source, NONE), source);
    }

    @Test
    @Rule("MOD-3")
    @SuppressWarnings("NullAway") // what is tested
    default void modifyingNullIsRefused() {
        bench().assertRefused(NullPointerException.class, () -> selector().modify(null, READ), "fileobj");
        bench().assertRefused(NullPointerException.class, () -> selector().modify(null, READ, "data"), "fileobj");
    }

    @Test
    @Rule("MOD-3")
    default void modifyThroughAnotherObjectKeepsTheFirst() throws IOException {
        bench().descriptors();
        Link link = links().duplex();
        int number = selector().register(link.source(), READ, "old").fd();

        SelectorKey key = selector().modify(Fd.of(number), WRITE, "new");

        assertSame(link.source(), key.fileobj());
        assertEquals(Map.of(link.source(), key), selector().keys());
        assertEquals(WRITE, bench().awaitReady(link, WRITE));
    }

    @Test
    @Rule("MOD-4")
    default void aRefusedChangeLeavesTheOldRegistration() throws IOException {
        Link link = links().duplex();
        SelectorKey key = selector().register(link.source(), READ, "old");
        IOException refusal = new IOException("refused");
        bench().faults.refuse(link.source(), refusal);

        assertSame(
                refusal,
                bench().assertRefused(IOException.class, () -> selector().modify(link.source(), WRITE, "new")));

        assertSame(key, selector().key(link.source()));
        bench().assertQuiet();
        link.makeReadable();
        assertEquals(READ, bench().awaitReady(link, READ));
    }

    @Test
    @Rule("MOD-4")
    default void aRefusedChangeFromNoneLeavesNone() throws IOException {
        Link link = links().duplex();
        SelectorKey key = selector().register(link.source(), NONE, "old");
        bench().faults.refuse(link.source(), new IOException("refused"));

        bench().assertRefused(IOException.class, () -> selector().modify(link.source(), READ, "new"), "refused");

        assertSame(key, selector().key(link.source()));
        link.makeReadable();
        bench().assertQuiet();
        bench().faults.recover();
        selector().modify(link.source(), READ);
        assertEquals(READ, bench().awaitReady(link, READ));
    }

    @Test
    @Rule({"MOD-4", "UNR-2"})
    default void modifyingAClosedSourceLeavesItsKey() throws IOException {
        Link.Connection link = links().connection();
        SelectorKey key = selector().register(link.source(), READ, "data");
        link.closeSource();

        bench().assertRefused(IOException.class, () -> selector().modify(link.source(), WRITE, "new"));

        assertSame(key, selector().key(link.source()));
        assertSame(key, selector().unregister(link.source()));
    }

    @Test
    @Rule({"MOD-1", "REG-3"})
    default void modifiedToNoneASourceNeitherReportsNorSpins() throws IOException {
        Link.Connection link = links().connection();
        selector().register(link.source(), READ | WRITE, null);
        link.makeReadable();
        bench().awaitReady(link, READ | WRITE);

        selector().modify(link.source(), NONE);
        link.peer().reset();

        bench().assertQuiet();
        bench().assertQuiet();
        selector().modify(link.source(), READ);
        bench().awaitReady(link, READ);
    }

    @Test
    @Rule({"MOD-1", "REG-3"})
    default void noneIsReachedAndLeftAsOftenAsOneLikes() throws IOException {
        Link link = links().duplex();
        link.makeReadable();
        selector().register(link.source(), READ, null);
        bench().awaitReady(link, READ);

        for (int i = 0; i < 20; i++) {
            selector().modify(link.source(), NONE);
            selector().modify(link.source(), NONE);
            assertEquals(0, bench().readyNow(link));
            selector().modify(link.source(), READ);
            assertEquals(READ, bench().readyNow(link));
        }
    }

    @Test
    @Rule("MOD-5")
    default void aChangeInsideTheBatchIsHonoured() throws IOException {
        Link one = links().duplex();
        Link other = links().duplex();
        for (Link link : List.of(one, other)) {
            selector().register(link.source(), READ | WRITE, null);
            link.makeReadable();
            bench().awaitReady(link, READ | WRITE);
        }
        List<Ready> delivered = new ArrayList<>();

        selector().select(bench().soon(), (key, ready) -> {
            delivered.add(new Ready(key, ready));
            selector().modify(key.fileobj() == one.source() ? other.source() : one.source(), READ);
        });

        assertEquals(2, delivered.size(), delivered::toString);
        assertEquals(READ | WRITE, delivered.get(0).ready());
        assertEquals(READ, delivered.get(1).ready());
        assertEquals(READ, delivered.get(1).key().events());
    }

    @Test
    @Rule("MOD-5")
    default void aChangeToNoneInsideTheBatchIsHonoured() throws IOException {
        Link one = links().duplex();
        Link other = links().duplex();
        selector().register(one.source(), WRITE, null);
        selector().register(other.source(), WRITE, null);
        assertEquals(2, selector().select(bench().soon()).size());
        List<Object> delivered = new ArrayList<>();

        selector().select(bench().soon(), (key, ready) -> {
            delivered.add(key.fileobj());
            selector().modify(key.fileobj() == one.source() ? other.source() : one.source(), NONE);
        });

        assertEquals(1, delivered.size(), delivered::toString);
    }

    @Test
    @Rule("MOD-5")
    default void aChangeToAnotherDirectionInsideTheBatchIsHonoured() throws IOException {
        Link one = links().duplex();
        Link other = links().duplex();
        selector().register(one.source(), WRITE, null);
        selector().register(other.source(), WRITE, null);
        assertEquals(2, selector().select(bench().soon()).size());
        List<Object> delivered = new ArrayList<>();

        int count = selector().select(bench().soon(), (key, ready) -> {
            delivered.add(key.fileobj());
            selector().modify(key.fileobj() == one.source() ? other.source() : one.source(), READ);
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
        Descriptors system = bench().descriptors();
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
