package dev.pollux.examples.adapters

import dev.pollux.loop.EventLoop
import dev.pollux.tck.fake.Simulation
import java.time.Duration
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNotEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class DispatcherTest {

    @Test
    fun aCoroutineIsOnTheLoopThreadAlsoAfterADelayAndAfterWorkElsewhere() {
        EventLoop.open().use { loop ->
            val thread = loop.start()

            val threads = runBlocking(loop.asCoroutineDispatcher()) {
                val before = Thread.currentThread()
                delay(1)
                val delayed = Thread.currentThread()
                val elsewhere = withContext(Dispatchers.IO) { Thread.currentThread() }
                assertNotEquals(thread, elsewhere)
                listOf(before, delayed, Thread.currentThread())
            }

            assertEquals(listOf(thread, thread, thread), threads)
        }
    }

    @Test
    fun aDelayIsATimerOfTheLoop() {
        Simulation.open().use { simulation ->
            var done = false
            CoroutineScope(simulation.loop().asCoroutineDispatcher()).launch {
                delay(3_600_000)
                done = true
            }

            simulation.runFor(Duration.ofMillis(3_599_999))
            assertEquals(false, done)
            simulation.runFor(Duration.ofMillis(1))
            assertTrue(done)
        }
    }
}
