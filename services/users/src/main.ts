import { playRecords } from "@exosphere/records";

await playRecords({
  role: "users",
  vocabulary: { many: "users", one: "user", entries: "users", required: "name" },
});
