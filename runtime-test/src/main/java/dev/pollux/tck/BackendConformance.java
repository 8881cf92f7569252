package dev.pollux.tck;

import net.jqwik.api.Group;
import org.junit.jupiter.api.Nested;

/**
 * Everything that a backend must do, in one class: the rules of the selector, of the loop and of
 * operations, and the properties.
 * Extend it and say what is tested:
 *
 * <pre>{@code
 * class EpollConformanceTest extends BackendConformance {
 *     @Override
 *     protected Subject newSubject() {
 *         return Subject.of(new EpollBackendProvider());
 *     }
 * }
 * }</pre>
 *
 * <p>JUnit Jupiter finds the rules in it and jqwik the properties; each passes over what is the other's. To run one
 * part alone or to change it, extend {@link SelectorRules}, {@link LoopRules}, {@link
 * OperationRules}, {@link SelectorProperties} or {@link OperationProperties} in the same way.
 *
 * <p><b>Thread:</b> the tests must run one at a time.
 */
public abstract class BackendConformance {

    /** For subclasses. */
    protected BackendConformance() {}

    /** Returns what is tested; called once for each test and each property. */
    protected abstract Subject newSubject();

    /** The rules of the selector. */
    @Nested
    public class Selector extends SelectorRules {

        Selector() {}

        @Override
        protected Subject newSubject() {
            return BackendConformance.this.newSubject();
        }
    }

    /** The rules of the loop. */
    @Nested
    public class Loop extends LoopRules {

        Loop() {}

        @Override
        protected Subject newSubject() {
            return BackendConformance.this.newSubject();
        }
    }

    /** The rules of operations. */
    @Nested
    public class Operations extends OperationRules {

        Operations() {}

        @Override
        protected Subject newSubject() {
            return BackendConformance.this.newSubject();
        }
    }

    /** Random histories of operations. */
    @Group
    public class OperationHistories extends OperationProperties {

        OperationHistories() {}

        @Override
        protected Subject newSubject() {
            return BackendConformance.this.newSubject();
        }
    }

    /** Random histories of calls of the selector. */
    @Group
    public class Properties extends SelectorProperties {

        Properties() {}

        @Override
        protected Subject newSubject() {
            return BackendConformance.this.newSubject();
        }
    }
}
