import { type BusEvent, BusWatch, eventOfTap, isTrouble } from "@exosphere/analytics";
import { exitCodes } from "@exosphere/process";
import { type LoadedRun, loadSettings } from "@exosphere/settings";
import { printable, redaction } from "@exosphere/telemetry";
import type { CommandInput } from "../command.ts";
import { wantsColours } from "../run/log-printer.ts";
import { eventLine } from "./event-line.ts";
import { coloursOf } from "./text.ts";
import { missingRole } from "./top-table.ts";
import { Patience, runWatch, stateTeller, untilTold } from "./watch-command.ts";
import { brokersOf, tapSettings, tokenIn } from "./watch-settings.ts";

/** Bytes that may wait for a terminal or a pipe that does not read; beyond, events are left out and counted. */
const maxWaitingBytes = 4 * 1024 * 1024;

/** `exo tap`: what happens on the bus, event by event. */
export function tapCommand({ argv, env, version }: CommandInput): Promise<number> {
  const load = () =>
    loadSettings({
      command: "exo tap",
      about: "Shows what happens on the bus, as it happens: who sent what to whom, and how it ended.",
      version,
      settings: tapSettings,
      argv,
      env,
    });
  return runWatch("exo tap", load, (loaded) => tap(loaded, env));
}

async function tap({ config }: LoadedRun<typeof tapSettings>, env: NodeJS.ProcessEnv): Promise<number> {
  const redact = redaction(config.redact);
  const colours = coloursOf(wantsColours(env, process.stdout.isTTY) && !config.json);
  const enough = Promise.withResolvers<void>();
  const wanted = [...config.role];
  const tell = stateTeller("exo tap");
  // With --count, as in scripts, the command must not wait for ever for a broker that is not there.
  const patience = config.count > 0 ? new Patience(enough.reject) : undefined;
  let [shown, leftOut] = [0, 0];
  const show = (event: BusEvent) => {
    if (config.trouble && !isTrouble(event)) return;
    if (config.count > 0 && shown >= config.count) return;
    if (process.stdout.writableLength > maxWaitingBytes) {
      leftOut += 1;
      return;
    }
    shown += 1;
    process.stdout.write(`${config.json ? printable(JSON.stringify(event)) : eventLine(event, colours)}\n`);
    if (shown === config.count) enough.resolve();
  };
  const watch = new BusWatch({
    brokers: brokersOf(config.broker),
    token: tokenIn(config.adminTokenFile, "--admin-token-file"),
    // Only by them is known whether somebody is there.
    statsIntervalMs: 5_000,
    tap: {
      roles: [...config.role],
      names: [...config.name],
      activity: config.activity ?? "",
      withPayload: config.payload,
      maxPayloadBytes: 0,
      maxEventsPerSecond: 0,
      bufferBytes: 0,
    },
    onTap({ events, dropped }) {
      for (const each of events) {
        const event = eventOfTap(each, redact);
        if (event) show(event);
      }
      if (dropped > lost) process.stderr.write(`exo tap: ${dropped - lost} events came too fast and were dropped\n`);
      lost = dropped;
    },
    onStats({ roles }) {
      // Once: it may come with the next change of the routes.
      for (const role of wanted.splice(0)) {
        const missing = missingRole({ roles }, role);
        if (missing) process.stderr.write(`exo tap: ${printable(missing)}\n`);
      }
    },
    onState(state) {
      if (patience) patience.take(state);
      else tell(state);
    },
  });
  let lost = 0;
  try {
    await Promise.race([enough.promise, untilTold()]);
  } finally {
    patience?.end();
    watch.close();
  }
  if (leftOut > 0) process.stderr.write(`exo tap: ${leftOut} events were left out, as nobody read them in time\n`);
  return exitCodes.ok;
}
