import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { apiReport } from "./api-report.ts";
import { buildFolder, buildIfStale } from "./build-tree.ts";
import { root } from "./house.ts";

/** Where the public surface of the SDK is written down. */
const sdkApiFile = join(root, "sdk/api.md");

/** What may be imported from the SDK by its users, and from where. */
const entries = { "@exosphere/sdk": "index", "@exosphere/sdk/testing": "testing/index" } as const;

const declarations = (module: string) => join(buildFolder, `${module}.d.ts`);

/** What the SDK passes on to its users from other packages. */
const passedOn = {
  "@exosphere/proto": declarations("proto/src/exo-error"),
  "@exosphere/link": declarations("runtime/link/src/index"),
};

/** Writes down the public surface of the SDK. */
export function writeSdkApi(): void {
  writeFileSync(sdkApiFile, sdkApi());
}

/** Sets the exit code to 1, and shows the difference, if the public surface of the SDK is not what is written down. */
export function checkSdkApi(): void {
  const written = existsSync(sdkApiFile) ? readFileSync(sdkApiFile, "utf8") : "";
  const current = sdkApi();
  if (written === current) return console.log("sdk/api.md is up to date.");
  const before = new Set(written.split("\n"));
  const after = new Set(current.split("\n"));
  for (const line of before) if (!after.has(line)) console.error(`- ${line}`);
  for (const line of after) if (!before.has(line)) console.error(`+ ${line}`);
  console.error(
    "The public surface of the SDK has changed. If that is meant, run 'npm run sdk:api' and commit sdk/api.md.",
  );
  process.exitCode = 1;
}

/** The public surface of the SDK, as it is now. Builds what is not built. */
function sdkApi(): string {
  buildIfStale();
  const sections = Object.entries(entries).map(
    ([name, entry]) => `## ${name}\n\n\`\`\`ts\n${apiReport(declarations(`sdk/src/${entry}`), passedOn)}\`\`\`\n`,
  );
  const note =
    "Written by `npm run sdk:api` from the emitted declarations. A change here is a change for users of the SDK.";
  return `# The public surface of the SDK\n\n${note}\n\n${sections.join("\n")}`;
}
