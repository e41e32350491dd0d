import { playRecords } from "@exosphere/records";

await playRecords({
  role: "mongodb",
  vocabulary: { many: "mongo", one: "mongo", entries: "entries", required: "content" },
});
