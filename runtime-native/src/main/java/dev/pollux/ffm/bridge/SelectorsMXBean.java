package dev.pollux.ffm.bridge;

import java.io.IOException;
import java.util.List;

/**
 * The open selectors of every {@link PolluxSelectorProvider} of the JVM, for JMX. Registered with the platform's MBean server under
 * {@value #NAME} once the first selector is opened.
 */
public interface SelectorsMXBean {

    /** The name of the only one there is. */
    String NAME = "dev.pollux:type=Selectors";

    /** As {@link PolluxSelectorProvider#selectors}. */
    List<SelectorInfo> getSelectors();

    /** As {@link PolluxSelectorProvider#swapAll}. */
    int swapAll(String backend) throws IOException;

    /**
     * Moves one selector to another backend.
     *
     * @param id its {@link SelectorInfo#id}
     * @throws IllegalArgumentException if no open selector has that number; otherwise as {@link PolluxSelectorProvider#swap}
     */
    void swap(long id, String backend) throws IOException;
}
