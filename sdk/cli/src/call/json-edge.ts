import { type Route, readApplication } from "@exosphere/application";
import { CommandFailure } from "../failure.ts";
import { callHttp, jsonOf, NoAnswer } from "../http-call.ts";
import { findRun } from "../run/run-file.ts";
import { sendingRole } from "./sending-role.ts";

/** The JSON edge that takes a message, and the headers that it needs beside those of the message. */
export interface JsonEdge {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
}

/** Which JSON edge is wanted, as the settings say. */
export interface WantedEdge {
  readonly url: string | undefined;
  readonly role: string | undefined;
  readonly token: string | undefined;
}

/** How long an edge may take to say what it is, in milliseconds. */
const statusTimeoutMs = 5_000;

/**
 * Finds where a message is to be sent from: the edge that is named, else that of the role that sends it, in the application
 * that runs in this folder.
 *
 * @throws CommandFailure if none runs, or none sends it
 */
export async function jsonEdgeFor(name: string, { url, role, token }: WantedEdge): Promise<JsonEdge> {
  const authorization: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  if (url === undefined) return { url: runningEdge(name, role), headers: authorization };
  const served = await roleAt(new URL(url), authorization);
  if (served === undefined) {
    const sender = role ?? (await onlySender(name, new URL(url), authorization));
    return { url: new URL(url), headers: { ...authorization, "exo-role": sender } };
  }
  if (role !== undefined && served !== role)
    throw new CommandFailure(`the sidecar at ${url} is that of role '${served}', not of '${role}': leave --role out`);
  return { url: new URL(url), headers: authorization };
}

/** The only role of an all-in-one that sends a message, by the routes that it shows. */
async function onlySender(name: string, url: URL, headers: Readonly<Record<string, string>>): Promise<string> {
  const answer = await callHttp({ url: new URL("/config.json", url), headers, timeoutMs: statusTimeoutMs });
  const { routes } = (jsonOf(answer) ?? {}) as { readonly routes?: Readonly<Record<string, Route>> };
  if (routes === undefined)
    throw new CommandFailure(`what answers at ${url.origin} is no JSON edge of Exosphere; name another by --url`);
  return sendingRole(name, undefined, Object.keys(routes), new Map(Object.entries(routes)));
}

function runningEdge(name: string, role: string | undefined): URL {
  const run = findRun();
  if (run === undefined)
    throw new CommandFailure("no application runs in this folder: start it with 'exo run', or name a sidecar by --url");
  const running = run.services.map((service) => service.role);
  const sender = sendingRole(name, role, running, readApplication(run.root).routes);
  const service = run.services.find((each) => each.role === sender);
  return new URL(service?.sidecarUrl ?? "");
}

/** The role that the sidecar at a URL has; undefined for the all-in-one, which serves all. */
async function roleAt(url: URL, headers: Readonly<Record<string, string>>): Promise<string | undefined> {
  const hint = "start what should listen there, or name another by --url";
  const answer = await callHttp({ url: new URL("/status", url), headers, timeoutMs: statusTimeoutMs }).catch(
    (error) => {
      throw error instanceof NoAnswer ? new CommandFailure(`${error.message}: ${hint}`) : error;
    },
  );
  const { role } = jsonOf(answer) ?? {};
  return typeof role === "string" ? role : undefined;
}
