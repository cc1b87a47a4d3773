/**
 * How long things may take, in milliseconds. These limits are for hangs alone: what a quiet machine does in a fraction of
 * them, a machine with other work may do many times as slowly. What a test promises about time is measured by the
 * processor's time, or by what happens first.
 */

/** One test or hook, with all the processes it starts. */
export const TEST_LIMIT = 1_800_000;

/** One process to its end: a build, an install, the whole demo. Shorter than a test's, since its error says which. */
export const PROCESS_LIMIT = 900_000;

/** What a test waits for: a line of output, a server that lets it in, a folder that goes. */
export const WAIT_LIMIT = 300_000;

/** From a polite end to a forced one: a process that cleans up must not be cut short where the machine is slow. */
export const STOP_LIMIT = 60_000;
