package dev.pollux;

/** A registration that cannot be made or found; a mistake of the caller, noticed before anything changed. */
public abstract sealed class RegistrationException extends IllegalArgumentException
        permits AlreadyRegisteredException,
                NotRegisteredException,
                UnsupportedSourceException,
                UnsupportedEventsException {

    private static final long serialVersionUID = 1L;

    RegistrationException(String message) {
        super(message);
    }
}
