import { playRecords } from "@exosphere/records";

await playRecords({
  role: "tweets",
  vocabulary: { many: "tweets", one: "tweets", entries: "entries", required: "content" },
});
