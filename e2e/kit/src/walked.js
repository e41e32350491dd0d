// Imported before a program: counts which functions of ours run. At SIGUSR2 it writes those that have run since the signal before, as
// lines of JSON `[url, function, calls]`, to the file of WALKED_FILE with the number of the signal behind it.
import { renameSync, writeFileSync } from "node:fs";
import { Session } from "node:inspector";

const session = new Session();
session.connect();
session.post("Profiler.enable");
session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: false });

let signals = 0;
process.on("SIGUSR2", () => {
  session.post("Profiler.takePreciseCoverage", (error, taken) => {
    if (error) throw error;
    const lines = taken.result
      .filter(({ url }) => url.startsWith("file:") && !url.includes("/node_modules/") && url !== import.meta.url)
      .flatMap(({ url, functions }) => functions.map((each) => [url, each.functionName, each.ranges[0].count]))
      .filter(([, , calls]) => calls > 0)
      .map((line) => JSON.stringify(line));
    signals += 1;
    const file = `${process.env.WALKED_FILE}.${signals}`;
    // Whole at once, for whoever waits for it.
    writeFileSync(`${file}.part`, lines.join("\n"));
    renameSync(`${file}.part`, file);
  });
});
