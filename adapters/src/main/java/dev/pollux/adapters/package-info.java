/** Loops under other libraries: their schedulers and meters. Examples to copy, each a few lines. */
@NullMarked
package dev.pollux.adapters;

import org.jspecify.annotations.NullMarked;
