import { AskError, open } from "./access.ts";

/** What to do with what a stream tells. */
export interface StreamListener {
  readonly onEvent: (event: string, data: unknown) => void;
  /** Undefined: it is open. */
  readonly onState?: (problem: AskError | undefined) => void;
}

/** Pauses between attempts, in milliseconds. */
const [firstPauseMs, longestPauseMs] = [300, 5_000];

/**
 * Reads server-sent events, and begins again when they end. With fetch, as EventSource sends no token. Returns what ends it.
 */
export function readEvents(path: string, { onEvent, onState = () => {} }: StreamListener): () => void {
  const ending = new AbortController();
  let pauseMs = firstPauseMs;
  const run = async () => {
    while (!ending.signal.aborted) {
      try {
        const response = await open(path, ending.signal);
        pauseMs = firstPauseMs;
        onState(undefined);
        await readAll(response, onEvent);
      } catch (error) {
        if (ending.signal.aborted) return;
        onState(error instanceof AskError ? error : new AskError(0, "The stream broke; trying again."));
      }
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      pauseMs = Math.min(longestPauseMs, pauseMs * 2);
    }
  };
  void run();
  return () => ending.abort();
}

async function readAll(response: Response, onEvent: StreamListener["onEvent"]): Promise<void> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const chunk = await reader?.read();
    if (!chunk || chunk.done) return;
    text += chunk.value;
    for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
      const [, event, data] = /^event: (.*)\ndata: (.*)$/.exec(text.slice(0, end)) ?? [];
      text = text.slice(end + 2);
      if (event && data) onEvent(event, JSON.parse(data));
    }
  }
}
