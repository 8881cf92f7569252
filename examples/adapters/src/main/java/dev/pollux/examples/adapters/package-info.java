/** Other libraries on a loop: coroutines, Reactor, RxJava, Micrometer, OpenTelemetry. Nothing here is published. */
@NullMarked
package dev.pollux.examples.adapters;

import org.jspecify.annotations.NullMarked;
