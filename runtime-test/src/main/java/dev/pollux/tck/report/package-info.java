/**
 * How a test that fails names its rules, and how what the tests found becomes one page. JUnit Jupiter and jqwik call these
 * classes; the specification that they quote is a copy of {@code docs/spec.md}.
 */
@NullMarked
package dev.pollux.tck.report;

import org.jspecify.annotations.NullMarked;
