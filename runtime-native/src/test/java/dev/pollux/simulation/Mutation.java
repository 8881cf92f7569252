package dev.pollux.simulation;

import java.lang.classfile.CodeTransform;

/** A fault that is put into the code under test. */
@FunctionalInterface
interface Mutation {

    /** No fault. */
    Mutation NONE = method -> null;

    /** Returns what is done to {@code method}, a class and a method name with a dot between them; null if nothing. */
    CodeTransform of(String method);
}
