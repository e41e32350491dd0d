// Writes down the public surface of the SDK.
import { writeFileSync } from "node:fs";
import { sdkApi, sdkApiFile } from "../sdk-api.ts";

writeFileSync(sdkApiFile, sdkApi());
