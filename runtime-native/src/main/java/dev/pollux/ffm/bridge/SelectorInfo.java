package dev.pollux.ffm.bridge;

/**
 * What is known of one selector.
 *
 * @param id names it for {@link SelectorsMXBean#swap}; not used again in this JVM
 * @param backend what it waits on
 * @param keys how many keys are registered, those with no interest included
 * @param waits how often it asked its backend for what is ready
 * @param swaps how often it was moved to another backend
 */
public record SelectorInfo(long id, String backend, int keys, long waits, long swaps) {}
