package dev.pollux;

/** Neither the object nor its descriptor is registered. */
public final class NotRegisteredException extends RegistrationException {

    private static final long serialVersionUID = 1L;

    /** Makes one; the message names the object and the way out. */
    public NotRegisteredException(String message) {
        super(message);
    }
}
