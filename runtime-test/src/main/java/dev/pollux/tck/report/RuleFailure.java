package dev.pollux.tck.report;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.ValueWrapper;

/** A failure that says which rules it breaks: their ids come first, and what they demand after everything else. */
final class RuleFailure extends AssertionFailedError {

    private static final long serialVersionUID = 1L;

    /** A test of more rules than this plays whole histories, and no one of its rules explains the failure. */
    private static final int EXPLAINED = 4;

    private RuleFailure(
            String message, @Nullable ValueWrapper expected, @Nullable ValueWrapper actual, Throwable cause) {
        super(message, expected, actual, cause);
    }

    private RuleFailure(String message, Throwable cause) {
        super(message, cause);
    }

    /** Names {@code failure}, which becomes the cause, and shares its stack trace and what it expected and got. */
    static RuleFailure of(Throwable failure, String... rules) {
        String message = message(failure, rules);
        RuleFailure named = failure instanceof AssertionFailedError compared && compared.isExpectedDefined()
                ? new RuleFailure(message, compared.getExpected(), compared.getActual(), failure)
                : new RuleFailure(message, failure);
        named.setStackTrace(failure.getStackTrace());
        return named;
    }

    private static String message(Throwable failure, String... rules) {
        String told = failure instanceof AssertionError && failure.getMessage() != null
                ? failure.getMessage()
                : failure.toString();
        // A test of many rules may know which one it is that is broken.
        String[] broken = Arrays.stream(rules)
                .filter(rule -> told.startsWith(rule + ": "))
                .toArray(String[]::new);
        StringBuilder message = new StringBuilder(broken.length == 1 ? told : String.join(" ", rules) + ": " + told);
        String[] explained = broken.length == 1 ? broken : rules;
        if (explained.length <= EXPLAINED) {
            for (String rule : explained) {
                Specification.ofKit()
                        .find(rule)
                        .ifPresent(entry -> message.append('\n')
                                .append(entry.id() + " " + entry.level() + ": " + entry.text() + " (" + entry.intent()
                                        + ")"));
            }
        }
        return message.toString();
    }

    /** Without the class, which would stand between the reader and the rule in the first line of a stack trace. */
    @Override
    @SuppressWarnings("OverrideThrowableToString") // The message has it all; only the class is to be left out.
    public String toString() {
        return String.valueOf(getMessage());
    }
}
