package dev.pollux.examples.adapters

import dev.pollux.loop.EventLoop
import kotlinx.coroutines.ExecutorCoroutineDispatcher
import kotlinx.coroutines.asCoroutineDispatcher

/** Returns a dispatcher of coroutines on the loop thread. `delay` is a timer of the loop. Closing it leaves the loop open. */
fun EventLoop.asCoroutineDispatcher(): ExecutorCoroutineDispatcher = executor().asCoroutineDispatcher()
