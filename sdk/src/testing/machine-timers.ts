/**
 * The machine's timers, as they were when this module was loaded: the fake timers of vitest, Jest and node:test, which a test installs
 * later, would keep the bus from ever coming to rest, and a wait from ever ending.
 */
export const machineTimers = { setTimeout, clearTimeout, setImmediate } as const;
