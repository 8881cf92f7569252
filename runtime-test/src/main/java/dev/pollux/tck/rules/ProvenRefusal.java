package dev.pollux.tck.rules;

/** Ends a test early and well: the subject lacks the capability and has refused as the contract says. */
public final class ProvenRefusal extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** The rest of the test has nothing to add. */
    public ProvenRefusal() {
        super("refused as it should be", null, false, false);
    }
}
