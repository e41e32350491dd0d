/** What the packages say under `engines`: OpenTelemetry and undici need it. */
const leastMajor = 22;
const leastMinor = 15;

/**
 * Ends the process with 1, and says why, where Node is older than every command needs. For the first line of a command,
 * before it imports anything that an older Node cannot read; hence a module of its own.
 */
export function requireNode(version: string = process.versions.node): void {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return;
  console.error(`This needs Node ${leastMajor}.${leastMinor} or newer; it runs on Node ${version}.`);
  process.exit(1);
}
