package dev.pollux;

/** The backend cannot watch this kind of object. */
public final class UnsupportedSourceException extends RegistrationException {

    private static final long serialVersionUID = 1L;

    private final Capability missing;

    /**
     * Makes one; the message names the value, the capability and a backend that has it.
     *
     * @param missing the capability it would take
     */
    public UnsupportedSourceException(String message, Capability missing) {
        super(message);
        this.missing = missing;
    }

    /** Returns the capability it would take. */
    public Capability missing() {
        return missing;
    }
}
