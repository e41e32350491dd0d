/** How one run of a process ended: it exited, or it could not be started at all (ENOENT, EACCES …). */
export type ProcessEnd =
  | { readonly kind: "exited"; readonly code: number | null; readonly signal: NodeJS.Signals | null }
  | { readonly kind: "failed"; readonly error: Error };

/** Which of its two outputs a process wrote to. */
export type OutputStream = "stdout" | "stderr";

/**
 * What happens to a supervised process:
 *
 * - `started`: it runs; `pid` is also the id of its process group
 * - `line`: it wrote a line
 * - `online`: the text that was waited for appeared, once per start
 * - `exited`: it ended, and its whole group with it. `expected` if `stop()` asked for it
 * - `failed`: it could not be started
 * - `restarting`: it will be started again after `delayMs`; `restarts` counts those in a row
 */
export type ProcessEvent =
  | { readonly kind: "started"; readonly pid: number }
  | { readonly kind: "line"; readonly stream: OutputStream; readonly text: string }
  | { readonly kind: "online"; readonly afterMs: number }
  | {
      readonly kind: "exited";
      readonly code: number | null;
      readonly signal: NodeJS.Signals | null;
      readonly livedMs: number;
      readonly expected: boolean;
    }
  | { readonly kind: "failed"; readonly error: Error }
  | { readonly kind: "restarting"; readonly delayMs: number; readonly restarts: number };
