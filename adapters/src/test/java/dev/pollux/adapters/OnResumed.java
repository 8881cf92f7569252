package dev.pollux.adapters;

import kotlin.Unit;
import kotlin.coroutines.Continuation;
import kotlin.coroutines.CoroutineContext;

/** What Kotlin's compiler makes of the rest of a function: here, to return the name of the thread. */
record OnResumed(Continuation<? super String> rest) implements Continuation<Unit> {

    @Override
    public CoroutineContext getContext() {
        return rest.getContext();
    }

    @Override
    public void resumeWith(Object result) {
        rest.resumeWith(Thread.currentThread().getName());
    }
}
