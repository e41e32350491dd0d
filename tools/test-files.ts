/**
 * Is this file, by its path in the repository, a test or something that only tests use? Such files are not built, and
 * may import what their package declares for development. tsconfig.build.json excludes the same ones. (`testing` of the
 * SDK is not among them: its doubles are for users.)
 */
export function isTestFile(path: string): boolean {
  return (
    /\.(?:test|contract|fixture)\.ts$/.test(path) ||
    /\/(?:fixtures|test|src\/contract)\//.test(path) ||
    /^(?:broker|sidecar|gateway)\/.*\/testing\//.test(path) ||
    path.startsWith("e2e/")
  );
}
