/** How a process of Exosphere ends, for launchers and scripts. */
export const exitCodes = {
  /** Did what it was asked to, or drained in time. */
  ok: 0,
  /** Could not start, or did not drain within its grace. */
  failure: 1,
  /** Mistakes in flags, variables or the settings file; sysexits' EX_USAGE. Nothing was bound. */
  usage: 64,
} as const;
