import { unwatchFile, watchFile } from "node:fs";

/**
 * How often a watched file is looked at, in milliseconds: a change is noticed before its author has turned back to the
 * terminal, and some dozens of `stat` a second cost nothing.
 */
export const pollMs = 250;

/** Watches files; returns what ends it. `onChange` is called whenever one of them has changed, come or gone. */
export type WatchFiles = (files: readonly string[], onChange: () => void) => () => void;

/**
 * Watches by looking. Events of the file system are bound to a file, not to its path: they end when an editor puts a new
 * file in its place, do not cross the symbolic links of a Kubernetes ConfigMap, and are missing on network drives.
 */
export const watchByPath: WatchFiles = (files, onChange) => {
  const listener = () => onChange();
  for (const file of files) watchFile(file, { interval: pollMs, persistent: false }, listener);
  return () => {
    for (const file of files) unwatchFile(file, listener);
  };
};
