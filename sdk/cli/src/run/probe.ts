import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { request } from "@exosphere/http/node-http";

/** 25 ms: a probe costs a few hundred microseconds, and nobody notices a start that takes 25 ms longer. */
const pauseMs = 25;

/** 2 s: a process that takes longer to answer its admin port is not ready, whatever it would have said. */
const answerTimeoutMs = 2000;

/** The metric by which a sidecar says whether its app takes messages, in whichever way. */
const appIsReachable = /^exo_sidecar_app_reachable(\{.*\})? 1$/m;

/** Asks a URL again and again until it answers 200. Throws the signal's reason once it is aborted. */
export async function untilOk(url: string, signal: AbortSignal): Promise<void> {
  await until(async () => (await textOf(url, signal)) !== undefined, signal);
}

/** Waits until a sidecar's metrics say that its app takes messages. Throws the signal's reason once it is aborted. */
export async function untilAppIsReachable(metricsUrl: string, signal: AbortSignal): Promise<void> {
  await until(async () => appIsReachable.test((await textOf(metricsUrl, signal)) ?? ""), signal);
}

/** Waits until somebody listens on a port of this machine. Throws the signal's reason once it is aborted. */
export async function untilListening(port: number, signal: AbortSignal): Promise<void> {
  await until(() => isListening(port), signal);
}

async function until(isSo: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    if (await isSo()) return;
    await sleep(pauseMs, undefined, { signal }).catch(() => {});
  }
  throw signal.reason;
}

/**
 * What a URL answers with 200; undefined for any other answer, or none. Without an agent, as that of Node goes by the proxies of the
 * environment where NODE_USE_ENV_PROXY says so.
 */
function textOf(url: string, signal: AbortSignal): Promise<string | undefined> {
  const within = AbortSignal.any([signal, AbortSignal.timeout(answerTimeoutMs)]);
  return new Promise((resolve) => {
    const asking = request(url, { agent: false, signal: within }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
      response.once("close", () => resolve(response.complete && response.statusCode === 200 ? text : undefined));
    });
    asking.once("error", () => resolve(undefined)); // not listening yet
    asking.end();
  });
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port, timeout: answerTimeoutMs });
    const end = (isThere: boolean) => {
      socket.destroy();
      resolve(isThere);
    };
    socket.once("connect", () => end(true));
    socket.once("timeout", () => end(false));
    socket.once("error", () => end(false));
  });
}
