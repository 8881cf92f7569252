package dev.pollux.internal.selector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** How often a select looks before it sleeps, by what the looks before have found. */
class ReadyGuessTest {

    private final ReadyGuess guess = new ReadyGuess();

    /** Returns the number of the next select that looks first, from 1 on. */
    private static int selectsToALook(ReadyGuess guess) {
        for (int select = 1; select < 100_000; select++) {
            if (guess.looksFirst()) {
                return select;
            }
        }
        throw new AssertionError("never looks");
    }

    private int afterALookForNothing() {
        guess.wasWrong();
        return selectsToALook(guess);
    }

    @Test
    void looksGoOnAsLongAsTheyFindSomething() {
        assertTrue(selectsToALook(guess) > 10, "a new one does not look at once");
        for (int i = 0; i < 100; i++) {
            guess.wasRight();
            assertEquals(1, selectsToALook(guess));
        }
    }

    @Test
    void aLookForNothingIsFollowedByMoreSelectsThatDoNotLookThanBefore() {
        int first = selectsToALook(guess);

        assertTrue(afterALookForNothing() > first);
    }

    @Test
    void howeverManyLooksFindNothingOneInAFewThousandSelectsLooks() {
        int most = 0;
        for (int i = 0; i < 20; i++) {
            most = Math.max(most, afterALookForNothing());
        }

        assertTrue(most < 5_000, most + " selects");
    }

    @Test
    void theMoreLooksHaveFoundSomethingTheSoonerItLooksAgainAfterOneForNothing() {
        int afterNone = afterALookForNothing();
        for (int i = 0; i < 5; i++) {
            guess.wasRight();
        }
        int afterFive = afterALookForNothing();
        for (int i = 0; i < 100; i++) {
            guess.wasRight();
        }
        int afterMany = afterALookForNothing();

        assertTrue(afterFive <= afterNone, afterFive + " and " + afterNone);
        assertTrue(afterMany < afterNone / 4, afterMany + " and " + afterNone);
        assertTrue(afterMany > 10, "a look costs as much as several of them spare");
    }
}
