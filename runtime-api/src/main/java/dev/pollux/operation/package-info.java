/**
 * Operations: a program says what is to be done to a source, and learns what became of it. The fifth I/O model, on every
 * backend: a kernel that does operations is asked to, elsewhere the loop does them when the source is ready.
 */
@org.jspecify.annotations.NullMarked
package dev.pollux.operation;
