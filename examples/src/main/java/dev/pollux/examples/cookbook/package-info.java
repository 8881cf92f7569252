/**
 * The programs of the cookbook, docs/cookbook: one file for each recipe. All of them listen on the loopback address only.
 */
@NullMarked
package dev.pollux.examples.cookbook;

import org.jspecify.annotations.NullMarked;
