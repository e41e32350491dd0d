import { rawMembers } from "@exosphere/message/json";
import { exitCodes } from "@exosphere/process";
import { type LoadedRun, loadSettings } from "@exosphere/settings";
import { printable } from "@exosphere/telemetry";
import { CommandFailure } from "../failure.ts";
import { type FileCommandInput, type Printer, runFileCommand } from "../file-command.ts";
import { callHttp, type HttpAnswer, jsonOf, NoAnswer } from "../http-call.ts";
import { tokenIn } from "../watch/watch-settings.ts";
import { callSettings, headerOf } from "./call-settings.ts";
import { jsonEdgeFor } from "./json-edge.ts";
import { readPayload } from "./payload.ts";

/** What `exo send` and `exo request` are given. */
export interface CallInput extends FileCommandInput {
  /** Default: that of the process. */
  readonly stdin?: AsyncIterable<Uint8Array>;
}

type Verb = "send" | "request";

const about: Readonly<Record<Verb, string>> = {
  send: "Sends a message as one of the roles of the application, and prints its ids once the bus has accepted it.",
  request: "Sends a message as one of the roles of the application, waits for the reply, and prints it.",
};

/** What the edges wait by themselves, in milliseconds: docs/reference/http-api.md. */
const defaultDeadlineMs: Readonly<Record<Verb, number>> = { send: 30_000, request: 10_000 };

/** How much longer than the deadline an answer may take, which says that it has passed. Milliseconds. */
const slackMs = 5_000;

/** `exo send`: sends a message and prints its ids. Resolves with the exit code; never rejects. */
export function sendCommand(input: CallInput): Promise<number> {
  return callCommand("send", input);
}

/** `exo request`: sends a message and prints the reply. Resolves with the exit code; never rejects. */
export function requestCommand(input: CallInput): Promise<number> {
  return callCommand("request", input);
}

function callCommand(verb: Verb, input: CallInput): Promise<number> {
  const command = `exo ${verb}`;
  const load = () =>
    loadSettings({
      command,
      about: about[verb],
      version: input.version,
      settings: callSettings,
      positionals: {
        name: "NAME JSON",
        help: "the message, by the name that its sender knows, and its payload, or - for one on stdin",
        max: 2,
      },
      check: ({ positionals, config }) => [
        ...(positionals[0] ? [] : ["which message is missing: give its name"]),
        ...authMistakes(config.auth),
      ],
      argv: input.argv,
      env: input.env,
    });
  return runFileCommand(command, input, load, (loaded, printer) => call(verb, loaded, input.stdin, printer));
}

async function call(
  verb: Verb,
  { config, positionals }: LoadedRun<typeof callSettings>,
  stdin: AsyncIterable<Uint8Array> = process.stdin,
  { print }: Printer,
): Promise<number> {
  const [name = "", argument] = positionals;
  const payload = await readPayload({ argument, file: config.file, stdin });
  const edge = await jsonEdgeFor(name, { ...config, token: tokenIn(config.tokenFile, "--token-file") });
  const headers: Record<string, string> = { ...edge.headers };
  for (const [setting, header] of Object.entries(headerOf)) {
    const value = config[setting as keyof typeof headerOf];
    if (value !== undefined) headers[header] = value;
  }
  if (config.deadline !== undefined) headers["exo-deadline"] = `${config.deadline}ms`;
  const answer = await callHttp({
    url: new URL(`/v1/${verb}/${encodeURIComponent(name)}`, edge.url),
    method: "POST",
    headers,
    ...(payload && { body: payload }),
    timeoutMs: (config.deadline ?? defaultDeadlineMs[verb]) + slackMs,
  }).catch((error) => {
    throw error instanceof NoAnswer ? new CommandFailure(unanswered(verb, edge.url, error)) : error;
  });
  if (answer.status !== 200 && answer.status !== 202) throw new CommandFailure(refusal(edge.url, answer));
  for (const line of config.json ? [answer.body.toString("utf8").trim()] : told(verb, name, answer)) print(line);
  return exitCodes.ok;
}

/** What came of it, for people. The payload of a reply stays byte for byte what it is. */
function told(verb: Verb, name: string, answer: HttpAnswer): string[] {
  const { id, activityId, name: reply } = jsonOf(answer) ?? {};
  if (verb === "send") return [`${name} is accepted: id ${id}, activity ${activityId}`];
  const payload = rawMembers(answer.body)?.get("payload");
  return [`${reply}, in activity ${activityId}`, Buffer.from(payload ?? "null").toString("utf8")];
}

/** The problem that an edge answered with, as one line. */
function refusal(url: URL, answer: HttpAnswer): string {
  const { reason, detail, title } = jsonOf(answer) ?? {};
  const what = detail ?? title ?? `what answers at ${url.origin} is no JSON edge of Exosphere: status ${answer.status}`;
  return `${reason === undefined ? "" : `${reason}: `}${what}`;
}

function unanswered(verb: Verb, { origin }: URL, { code, message }: NoAnswer): string {
  if (code === "ECONNREFUSED")
    return `${message}: start what should listen there, with 'exo run', or name another by --url`;
  const fate = verb === "send" ? "the message may have been sent" : "the request may have been handled";
  return `${origin} did not answer (${code}): ${fate}; look with 'exo trace'`;
}

function authMistakes(auth: string | undefined): string[] {
  if (auth === undefined) return [];
  try {
    JSON.parse(auth);
    return [];
  } catch (error) {
    return [`--auth is no JSON: ${printable((error as Error).message)}; quote it for the shell: '{"user":"Ada"}'`];
  }
}
