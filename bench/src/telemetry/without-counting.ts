// Loaded before a broker or a sidecar (`node --import`): cuts the counting out of the program as it is loaded, so that what it
// costs can be measured. The program itself has no switch for it.
import { registerHooks } from "node:module";

/** What is counted for every message or frame, by the class that does it. */
const counting: Readonly<Record<string, string>> = {
  Tally: "Tally.prototype.count = () => {};",
  PlainHistogram: "PlainHistogram.prototype.record = () => {};",
  Traffic: "Traffic.prototype.received = Traffic.prototype.sent = () => {};",
  SidecarCounts:
    "SidecarCounts.prototype.sent = SidecarCounts.prototype.answered = SidecarCounts.prototype.handled = () => {};",
};

/** A class at the top of a module, as it is written and as the bundler writes it. */
const classes = /^(?:(?:export )?class (\w+)|(?:var|const|let) (\w+) = class)\b/gm;

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (!url.startsWith("file:") || url.includes("/node_modules/")) return loaded;
    const names = [...String(loaded.source).matchAll(classes)].map(([, written, bundled]) => written ?? bundled ?? "");
    const cuts = names.flatMap((name) => counting[name] ?? []);
    return cuts.length === 0 ? loaded : { ...loaded, source: [loaded.source, ...cuts, ""].join("\n") };
  },
});
