/**
 * What the tests know and see of a backend from outside: the calls that are made of it, faults put between it and the
 * selector, and the descriptors and threads that the process has.
 */
@NullMarked
package dev.pollux.tck.probe;

import org.jspecify.annotations.NullMarked;
