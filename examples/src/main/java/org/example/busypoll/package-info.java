/**
 * A backend from outside: what an author outside Pollux writes to bring one along. It uses what
 * {@code dev.pollux.spi} offers and nothing else, is found through {@code META-INF/services}, and passes the
 * conformance kit.
 */
@NullMarked
package org.example.busypoll;

import org.jspecify.annotations.NullMarked;
