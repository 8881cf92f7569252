/** What the author of a backend for descriptors needs to run the conformance kit; published as a test artifact. */
package dev.pollux.ffm.testing;
