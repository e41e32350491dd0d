import { readTokens, setting } from "@exosphere/settings";
import { defaultRedacted } from "@exosphere/telemetry";
import { findRun } from "../run/run-file.ts";

/** Settings of what watches a broker. */
export const watchSettings = {
  broker: setting.addresses({
    help: "gRPC address of the broker, or several to try in turn; default: that of the application that runs in this folder, else 127.0.0.1:4100",
  }),
  adminTokenFile: setting.file({ help: "file with the admin token of the broker, if it has one" }),
} as const;

/** Settings of `exo tap`. */
export const tapSettings = {
  ...watchSettings,
  role: setting.list({ help: "roles that send or receive; all by default", default: [] }),
  name: setting.list({ help: "names of messages, * at the end for any rest; all by default", default: [] }),
  activity: setting.text({ help: "one activity alone" }),
  trouble: setting.flag({ help: "only what failed, was refused or was tried again", default: false }),
  payload: setting.flag({ help: "show payloads", default: false }),
  json: setting.flag({ help: "a line of JSON for each event, for programs", default: false }),
  count: setting.integer({ help: "end after so many events; 0: when it is told to", default: 0, min: 0 }),
  redact: setting.list({ help: "fields of payloads whose values are not shown", default: defaultRedacted }),
} as const;

/** Settings of `exo top`. */
export const topSettings = {
  ...watchSettings,
  role: setting.text({ help: "one role and its messages alone" }),
  interval: setting.durationMs({ help: "how often it looks", default: 1_000, min: 100 }),
  once: setting.flag({ help: "print once what a second brings, and end", default: false }),
  json: setting.flag({ help: "a line of JSON for each look, for programs", default: false }),
} as const;

/** Settings of `exo trace`. */
export const traceSettings = {
  // Not --dashboard: `exo run` starts a dashboard by it, and EXO_DASHBOARD can have only one meaning.
  dashboardUrl: setting.url({
    help: "the dashboard, which keeps the last hour; default: that of the application that runs in this folder, else http://127.0.0.1:4400",
    formerly: { flag: "dashboard" },
  }),
  tokenFile: setting.file({ help: "file with the token of the dashboard, if it has one" }),
  find: setting.text({ help: "text of an id, a name or a payload" }),
  role: setting.text({ help: "a role that takes part" }),
  name: setting.text({ help: "a message that is part of it" }),
  slower: setting.durationMs({ help: "took at least so long" }),
  trouble: setting.flag({ help: "something failed or was tried again", default: false }),
  limit: setting.integer({ help: "activities that are listed", default: 20, min: 1, max: 500 }),
  payload: setting.flag({ help: "show payloads; --no-payload leaves them out", default: true }),
  json: setting.flag({ help: "as JSON, for programs", default: false }),
} as const;

/** Brokers to ask: the wanted ones, else that of the application that runs here, else the usual one. */
export function brokersOf(wanted: readonly string[] | undefined): readonly string[] {
  return wanted ?? [findRun()?.broker.address ?? "127.0.0.1:4100"];
}

/** The dashboard to ask: the wanted one, else that of the application that runs here, else the usual one. */
export function dashboardOf(wanted: string | undefined): string {
  return wanted ?? findRun()?.dashboard?.url ?? "http://127.0.0.1:4400";
}

/** The token in a file, if one is given: of two, the newer. Throws a SettingsError if it has none. */
export function tokenIn(file: string | undefined, setting: string): string | undefined {
  return file === undefined ? undefined : readTokens(file, setting)[0];
}
