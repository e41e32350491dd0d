// Fails if the public surface of the SDK is not what is written down.
import { existsSync, readFileSync } from "node:fs";
import { sdkApi, sdkApiFile } from "../sdk-api.ts";

const written = existsSync(sdkApiFile) ? readFileSync(sdkApiFile, "utf8") : "";
const current = sdkApi();
if (written === current) console.log("sdk/api.md is up to date.");
else {
  const before = new Set(written.split("\n"));
  const after = new Set(current.split("\n"));
  for (const line of before) if (!after.has(line)) console.error(`- ${line}`);
  for (const line of after) if (!before.has(line)) console.error(`+ ${line}`);
  console.error(
    "The public surface of the SDK has changed. If that is meant, run 'npm run sdk:api' and commit sdk/api.md.",
  );
  process.exitCode = 1;
}
