/** What a shell does as process 1: it passes signals on, buries every child that ends, and ends as the command does. */
const script = `
exec 3<&0
trap 'kill -TERM $child' TERM
trap 'kill -INT $child' INT
trap 'kill -HUP $child' HUP
"$@" <&3 3<&- &
child=$!
exec 3<&-
while kill -0 $child 2>/dev/null; do
  wait $child
  code=$?
done
wait $child 2>/dev/null
last=$?
[ $last -eq 127 ] || code=$last
exit $code
`;

const shell = "/bin/sh";

/**
 * Puts a shell in the place of this process where it is process 1, as in a container without an init, and runs the command below
 * that. Process 1 inherits orphans of the app, and Node waits for the children that it has started itself alone: the others would
 * stay as zombies. Does nothing where this is any other process, or where the container has no shell.
 *
 * @param command how this process is started again; by default as it was
 */
export async function leaveFirstProcess(command: readonly string[] = thisCommand()): Promise<void> {
  if (process.pid !== 1 || process.platform !== "linux" || !process.execve) return;
  const { existsSync } = await import("node:fs");
  if (!existsSync(shell)) return;
  // Node calls it experimental, which is nothing that users of a command could do something about.
  process.removeAllListeners("warning");
  process.execve(shell, [shell, "-c", script, shell, ...command], process.env);
}

function thisCommand(): string[] {
  return [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
}
