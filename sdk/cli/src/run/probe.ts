import { setTimeout as sleep } from "node:timers/promises";
import { request } from "@exosphere/runtime/node-http";

/** 25 ms: a probe costs a few hundred microseconds, and nobody notices a start that takes 25 ms longer. */
const pauseMs = 25;

/** 2 s: a process that takes longer to answer its admin port is not ready, whatever it would have said. */
const answerTimeoutMs = 2000;

/** Asks a URL again and again until it answers 200. Throws the signal's reason, with the last answer, once it is aborted. */
export async function untilOk(url: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    if (await isOk(url, signal)) return;
    await sleep(pauseMs, undefined, { signal }).catch(() => {});
  }
  throw signal.reason;
}

/** Without an agent, as that of Node goes by the proxies of the environment where NODE_USE_ENV_PROXY says so. */
function isOk(url: string, signal: AbortSignal): Promise<boolean> {
  const within = AbortSignal.any([signal, AbortSignal.timeout(answerTimeoutMs)]);
  return new Promise((resolve) => {
    const asking = request(url, { agent: false, signal: within }, (response) => {
      response.resume();
      response.once("close", () => resolve(response.complete && response.statusCode === 200));
    });
    asking.once("error", () => resolve(false)); // not listening yet
    asking.end();
  });
}
