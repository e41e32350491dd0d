import type { Activity, ActivityRow } from "@exosphere/analytics";
import { exitCodes } from "@exosphere/process";
import { type LoadedRun, loadSettings } from "@exosphere/settings";
import { printable } from "@exosphere/telemetry";
import type { CommandInput } from "../command.ts";
import { wantsColours } from "../run/log-printer.ts";
import { coloursOf } from "./text.ts";
import { traceList, traceText } from "./trace-text.ts";
import { runWatch } from "./watch-command.ts";
import { dashboardOf, tokenIn, traceSettings } from "./watch-settings.ts";

/** `exo trace`: one activity from its first message to its last, or which there are. */
export function traceCommand({ argv, env, version }: CommandInput): Promise<number> {
  const load = () =>
    loadSettings({
      command: "exo trace",
      about:
        "Shows an activity of the last hour: who sent what to whom, when, and how it ended. Without one: which there are.",
      version,
      settings: traceSettings,
      positionals: { name: "ACTIVITY", help: "its id; without it, the latest activities are listed", max: 1 },
      argv,
      env,
    });
  return runWatch("exo trace", load, (loaded) => trace(loaded, env));
}

async function trace(
  { config, positionals }: LoadedRun<typeof traceSettings>,
  env: NodeJS.ProcessEnv,
): Promise<number> {
  const [id] = positionals;
  const colours = coloursOf(wantsColours(env, process.stdout.isTTY));
  const token = tokenIn(config.tokenFile, "--token-file");
  const get = (path: string) => ask(dashboardOf(config.dashboardUrl), path, token);
  const print = (answer: unknown, lines: readonly string[]) =>
    process.stdout.write(config.json ? `${printable(JSON.stringify(answer))}\n` : `${lines.join("\n")}\n`);
  if (id !== undefined) {
    const activity = (await get(`/api/activities/${encodeURIComponent(id)}`)) as Activity;
    print(activity, traceText(activity, colours, config.payload));
    return exitCodes.ok;
  }
  const query = new URLSearchParams({ limit: String(config.limit) });
  const { find, role, name, slower, trouble } = config;
  const wanted = { text: find, role, name, slower: slower === undefined ? undefined : String(slower) };
  for (const [key, value] of Object.entries(wanted)) if (value) query.set(key, value);
  if (trouble) query.set("trouble", "1");
  const { rows } = (await get(`/api/activities?${query}`)) as { rows: ActivityRow[] };
  print(rows, rows.length > 0 ? traceList(rows, colours) : ["No activity of the last hour matches."]);
  return exitCodes.ok;
}

async function ask(dashboard: string, path: string, token: string | undefined): Promise<unknown> {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const response = await fetch(new URL(path, dashboard), { headers }).catch(() => {
    throw new Error(`No dashboard answers at ${dashboard}. 'exo run' starts one; name another with --dashboard-url.`);
  });
  const answer = (await response.json().catch(() => undefined)) as { detail?: string } | undefined;
  if (response.ok && answer !== undefined) return answer;
  throw new Error(answer?.detail ?? `What answers at ${dashboard} is no dashboard.`);
}
