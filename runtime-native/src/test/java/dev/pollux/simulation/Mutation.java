package dev.pollux.simulation;

import java.lang.classfile.CodeTransform;

/** What is put into the code under test, which is otherwise as it is. */
interface Mutation {

    /** Nothing. */
    Mutation NONE = new Mutation() {
        @Override
        public CodeTransform of(String where) {
            return null;
        }

        @Override
        public boolean locks(String where) {
            return false;
        }
    };

    /** Returns what is done to the method {@code where}, a class and a name with a dot between them; null if nothing. */
    CodeTransform of(String where);

    /** Returns whether the whole method runs under a lock. */
    boolean locks(String where);
}
