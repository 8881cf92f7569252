package dev.pollux.tck.report;

import dev.pollux.tck.rules.FirstSteps;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** What to look at first when nearly everything fails: one page instead of hundreds of failures with one cause. */
final class FirstPage {

    /** How many causes a page has. */
    private static final int CAUSES = 3;

    private static final int STACK_DEPTH = 8;

    private static final Pattern NOT_THE_CAUSE = Pattern.compile(
            "(dev\\.pollux\\.(tck\\.(rules|source|probe|report|model|fake)|internal|loop)|java|jdk|sun|org\\.junit)\\..*"
                    + "|dev\\.pollux\\.\\w+");

    private static final String WAY_OUT =
            "\nAll the other tests are left out. To run them all the same: -D" + StopsEarly.LIMIT + "=0\n";

    private FirstPage() {}

    /** Returns the page about a backend with which no test can begin. */
    static String of(FirstSteps.Failure failure) {
        StringBuilder page =
                new StringBuilder("LOOK HERE FIRST: no test can begin, \"" + failure.name() + "\" fails.\n\n");
        page.append("  done before:  ")
                .append(String.join(", ", failure.done()))
                .append('\n');
        page.append("  failed:       ")
                .append(failure.name())
                .append(", behind it ")
                .append(failure.duty())
                .append('\n');
        describe(page, failure.failure());
        return page.append(WAY_OUT).toString();
    }

    /** Returns the page about a backend with which most tests fail. */
    static String of(int begun, List<Throwable> failures) {
        Map<String, List<Throwable>> causes = new LinkedHashMap<>();
        for (Throwable failure : failures) {
            causes.computeIfAbsent(cause(failure), any -> new ArrayList<>()).add(failure);
        }
        StringBuilder page = new StringBuilder(
                "LOOK HERE FIRST: " + failures.size() + " of " + begun + " tests fail, most often for this reason:\n");
        causes.values().stream()
                .sorted((one, other) -> Integer.compare(other.size(), one.size()))
                .limit(CAUSES)
                .forEach(same -> {
                    page.append("\n  ")
                            .append(same.size())
                            .append(" times, first in ")
                            .append(firstLine(same.get(0)));
                    page.append('\n');
                    describe(page, same.get(0));
                });
        return page.append(WAY_OUT).toString();
    }

    private static String cause(Throwable failure) {
        Throwable root = root(failure);
        return root.getClass().getName() + place(root).map(FirstPage::described).orElse("");
    }

    private static void describe(StringBuilder page, Throwable failure) {
        Throwable root = root(failure);
        page.append("  cause:        ").append(firstLine(root)).append('\n');
        place(root)
                .ifPresent(frame ->
                        page.append("  look at:      ").append(described(frame)).append('\n'));
        Arrays.stream(root.getStackTrace())
                .limit(STACK_DEPTH)
                .forEach(frame -> page.append("                  at ")
                        .append(described(frame))
                        .append('\n'));
    }

    /** Without the class loader and the module, which the frames of another thread's stack begin with. */
    private static String described(StackTraceElement frame) {
        return frame.getClassName() + "." + frame.getMethodName() + "(" + frame.getFileName() + ":"
                + frame.getLineNumber() + ")";
    }

    private static String firstLine(Throwable failure) {
        return failure.toString().lines().findFirst().orElse("");
    }

    private static Throwable root(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }

    /** Returns where it went wrong in code that is neither the JDK's nor the kit's. */
    private static Optional<StackTraceElement> place(Throwable failure) {
        Predicate<StackTraceElement> others =
                frame -> !NOT_THE_CAUSE.matcher(frame.getClassName()).matches();
        return Arrays.stream(failure.getStackTrace()).filter(others).findFirst();
    }
}
