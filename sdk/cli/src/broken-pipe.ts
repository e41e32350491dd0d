import { exitCodes } from "@exosphere/process";

/**
 * Ignores that the reader of the output has ended, as in `exo trace | head`: commands run to their end without an error. Any other
 * failure, such as a full disk, is reported and sets the exit code.
 */
export function endQuietlyWithoutReader(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") return;
    process.exitCode = exitCodes.failure;
    process.stderr.write(`exo: the output could not be written: ${error.message}\n`);
  });
  process.stderr.on("error", () => {}); // Nothing is left to report it to.
}
