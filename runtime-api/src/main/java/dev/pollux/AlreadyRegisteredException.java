package dev.pollux;

/** The object, or another one with the same descriptor, is registered already. */
public final class AlreadyRegisteredException extends RegistrationException {

    private static final long serialVersionUID = 1L;

    /** Makes one; the message names the object and the way out. */
    public AlreadyRegisteredException(String message) {
        super(message);
    }
}
