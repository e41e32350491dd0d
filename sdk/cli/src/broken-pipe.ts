import { exitCodes } from "@exosphere/runtime";

/**
 * Takes the end of whoever reads the output, as in `exo trace | head`, for an end like any other: programs that show something go
 * on to their end without a word. Any other failure, such as a full disk, is reported and sets the exit code.
 */
export function endQuietlyWithoutReader(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") return;
    process.exitCode = exitCodes.failure;
    process.stderr.write(`exo: the output could not be written: ${error.message}\n`);
  });
  process.stderr.on("error", () => {}); // Nobody is left who could be told.
}
