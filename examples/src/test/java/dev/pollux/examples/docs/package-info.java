/** The Java code of the pages in docs/, compiled. {@link dev.pollux.examples.docs.SnippetsTest} compares. */
package dev.pollux.examples.docs;
