import { join } from "node:path";
import { apiReport } from "./api-report.ts";
import { buildFolder, buildIfStale } from "./build-tree.ts";
import { root } from "./house.ts";

/** Where the public surface of the SDK is written down. */
export const sdkApiFile = join(root, "sdk/api.md");

/** What may be imported from the SDK by its users, and from where. */
const entries = { "@exosphere/sdk": "index", "@exosphere/sdk/testing": "testing/index" } as const;

const declarations = (module: string) => join(buildFolder, `${module}.d.ts`);

/** What the SDK passes on to its users from other packages. */
const passedOn = { "@exosphere/proto": declarations("proto/src/exo-error") };

/** The public surface of the SDK, as it is now. Builds what is not built. */
export function sdkApi(): string {
  buildIfStale();
  const sections = Object.entries(entries).map(
    ([name, entry]) => `## ${name}\n\n\`\`\`ts\n${apiReport(declarations(`sdk/src/${entry}`), passedOn)}\`\`\`\n`,
  );
  const note =
    "Written by `npm run sdk:api` from the emitted declarations. A change here is a change for users of the SDK.";
  return `# The public surface of the SDK\n\n${note}\n\n${sections.join("\n")}`;
}
