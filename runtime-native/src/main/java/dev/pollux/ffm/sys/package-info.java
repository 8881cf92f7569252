/**
 * C as it is: calls, constants, layouts and error numbers, one class per C header. No policy, no logging.
 *
 * <p>A call returns what C returns if that is not negative, and the negated error number if the call was refused, as the
 * kernel itself does. So a refusal costs no exception, and what it means is decided by the caller. A call that is given
 * no {@link dev.pollux.ffm.sys.Errno} returns C's −1; those are the calls of the hot path, which allocate nothing.
 *
 * <p>Only symbols of the C library are used, by the linker's default look-up. A class links its calls when it is first
 * used, so everything here loads on every system; what does not exist there fails then.
 *
 * <p><b>Threads:</b> the calls may be made from any thread. The {@link dev.pollux.ffm.sys.Errno} and the memory that they
 * are given may be used by one thread at a time.
 */
@NullMarked
package dev.pollux.ffm.sys;

import org.jspecify.annotations.NullMarked;
