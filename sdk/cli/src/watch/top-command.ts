import { type BusView, BusWatch, History, sampleOfStats } from "@exosphere/analytics";
import { exitCodes } from "@exosphere/process";
import { type LoadedRun, loadSettings } from "@exosphere/settings";
import { printable } from "@exosphere/telemetry";
import type { CommandInput } from "../command.ts";
import { wantsColours } from "../run/log-printer.ts";
import { coloursOf } from "./text.ts";
import { missingRole, topTable } from "./top-table.ts";
import { Patience, runWatch, stateTeller, untilTold } from "./watch-command.ts";
import { brokersOf, tokenIn, topSettings } from "./watch-settings.ts";

/** Cursor home and everything after it cleared: a whole screen is drawn without flicker. */
const redraw = "\x1b[H\x1b[J";

/** `exo top`: roles, rates, latencies and queues, second by second. */
export function topCommand({ argv, env, version }: CommandInput): Promise<number> {
  const load = () =>
    loadSettings({
      command: "exo top",
      about: "Shows the roles of the bus and their messages: rates, latencies, failures and what waits.",
      version,
      settings: topSettings,
      argv,
      env,
    });
  return runWatch("exo top", load, (loaded) => top(loaded, env));
}

async function top({ config }: LoadedRun<typeof topSettings>, env: NodeJS.ProcessEnv): Promise<number> {
  const { once, role, interval, json } = config;
  const isScreen = process.stdout.isTTY && !once && !json;
  const colours = coloursOf(wantsColours(env, process.stdout.isTTY));
  const history = new History(0, [], () => {});
  const done = Promise.withResolvers<void>();
  let samples = 0;
  const print = (bus: BusView) => {
    if (json) return void process.stdout.write(`${printable(JSON.stringify(ofRole(bus, role)))}\n`);
    const rows = process.stdout.rows ?? 0;
    const lines = topTable(bus, colours, role);
    const shown = isScreen && rows > 4 ? lines.slice(0, rows - 1) : lines;
    process.stdout.write(`${isScreen ? redraw : ""}${shown.join("\n")}\n${isScreen ? "" : "\n"}`);
  };
  const tell = stateTeller("exo top");
  const patience = once ? new Patience(done.reject) : undefined;
  const watch = new BusWatch({
    brokers: brokersOf(config.broker),
    token: tokenIn(config.adminTokenFile, "--admin-token-file"),
    statsIntervalMs: interval,
    // Numbers are enough.
    tap: undefined,
    onTap() {},
    onStats(response) {
      history.add(sampleOfStats(response));
      samples += 1;
      const bus = history.live();
      // What was counted since the broker started is no rate.
      if (!bus || samples < 2) return;
      const missing = role === undefined ? undefined : missingRole(bus, role);
      if (missing) return done.reject(new Error(missing));
      print(bus);
      if (once) done.resolve();
    },
    onState(state) {
      if (patience) patience.take(state);
      else tell(state);
    },
  });
  try {
    await Promise.race([done.promise, untilTold()]);
  } finally {
    patience?.end();
    watch.close();
  }
  return exitCodes.ok;
}

/** The bus as one role sees it: itself, and the messages that it sends or receives. */
function ofRole(bus: BusView, role: string | undefined): BusView {
  if (role === undefined) return bus;
  const edges = bus.edges.filter(({ from, to }) => from === role || to === role);
  return { ...bus, roles: bus.roles.filter((each) => each.role === role), edges };
}
