import { BusWatch, eventOfTap } from "@exosphere/analytics";
import { defaultRedacted, redaction } from "@exosphere/telemetry";
import { eventLine } from "../watch/event-line.ts";
import { coloursOf } from "../watch/text.ts";

/** Prints what happens on the bus, a line for each event, without payloads. Returns what ends that. */
export function tapLines(broker: string, useColours: boolean, print: (line: string) => void): () => void {
  const colours = coloursOf(useColours);
  const redact = redaction(defaultRedacted);
  let lost = 0;
  const watch = new BusWatch({
    brokers: [broker],
    token: undefined,
    statsIntervalMs: 5_000,
    tap: {
      roles: [],
      names: [],
      activity: "",
      withPayload: false,
      maxPayloadBytes: 0,
      maxEventsPerSecond: 0,
      bufferBytes: 0,
    },
    onTap({ events, dropped }) {
      for (const each of events) {
        const event = eventOfTap(each, redact);
        if (event) print(eventLine(event, colours));
      }
      if (dropped > lost) print(`${dropped - lost} events came too fast and were left out`);
      lost = dropped;
    },
    onStats() {},
    // Broker and run come and go together: what is wrong with it is said by its own lines.
    onState() {},
  });
  return () => watch.close();
}
