import { setTimeout as sleep } from "node:timers/promises";

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

async function isOk(url: string, signal: AbortSignal): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(answerTimeoutMs)]) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false; // not listening yet
  }
}
