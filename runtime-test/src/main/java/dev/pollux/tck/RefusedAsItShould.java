package dev.pollux.tck;

/** Ends a test early and well: the subject lacks the capability and has refused as the contract says. */
final class RefusedAsItShould extends RuntimeException {

    private static final long serialVersionUID = 1L;

    RefusedAsItShould() {
        super("refused as it should be", null, false, false);
    }
}
