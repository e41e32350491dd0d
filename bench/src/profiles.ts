// `npm run bench:profiles FOLDER`: sums up what `npm run bench -- --profile FOLDER` left there, as bench/profiles/<subject>.txt.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { type CpuProfile, profileSummary } from "./report/profile-summary.ts";

const target = "bench/profiles";
const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error("Which folder? The one that was given to 'npm run bench -- --profile FOLDER'.");
  process.exit(64);
}
mkdirSync(target, { recursive: true });
for (const subject of readdirSync(folder)) {
  const files = readdirSync(join(folder, subject)).filter((file) => file.endsWith(".cpuprofile"));
  const parts = files.map((file) => {
    const profile = JSON.parse(readFileSync(join(folder, subject, file), "utf8")) as CpuProfile;
    return `== ${basename(file, ".cpuprofile")}\n\n${profileSummary(profile)}`;
  });
  writeFileSync(join(target, `${subject}.txt`), parts.join("\n"));
  console.log(`${join(target, `${subject}.txt`)}: ${files.length} processes`);
}
