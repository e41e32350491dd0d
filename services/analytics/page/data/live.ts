import { useEffect, useState } from "preact/hooks";
import type { BusView } from "../../src/core/bus-view.ts";
import type { TimelinePoint } from "../../src/core/history.ts";
import { AskError, ask } from "./access.ts";
import { readEvents } from "./event-stream.ts";

/** How the dashboard's own watching goes. */
export interface WatchState {
  readonly isConnected: boolean;
  readonly broker: string;
  readonly problem: string;
}

/** What a tap said of itself. */
export interface TapState {
  readonly share: number;
  readonly skipped: number;
  readonly dropped: number;
}

/** The bus, second by second. */
export interface Live {
  readonly bus: BusView | undefined;
  readonly state: WatchState;
  readonly tap: TapState;
  readonly problem: AskError | undefined;
}

const unknown: Live = {
  bus: undefined,
  state: { isConnected: false, broker: "", problem: "" },
  tap: { share: 1, skipped: 0, dropped: 0 },
  problem: undefined,
};

/** The bus as it is now. `attempt`: grows to begin anew, with another token. */
export function useLive(attempt: number): Live {
  const [live, setLive] = useState<Live>(unknown);
  useEffect(
    () =>
      readEvents("/api/live", {
        onEvent: (_, data) => {
          const { bus, state, tap } = data as { bus: BusView | null; state: WatchState; tap: TapState };
          setLive({ bus: bus ?? undefined, state, tap, problem: undefined });
        },
        onState: (problem) => problem && setLive((before) => ({ ...before, problem })),
      }),
    [attempt],
  );
  return live;
}

/** Whether nothing new is known: the dashboard's process or its broker does not answer, so that what is shown is the last known. */
export function isLost({ state, problem }: Live): boolean {
  return problem !== undefined || !state.isConnected;
}

/** What the process says to a question, asked anew when the path changes, and every `everyMs` where that is given. */
export function useAnswer<Answer>(path: string | undefined, everyMs = 0) {
  const [answer, setAnswer] = useState<{ value?: Answer; problem?: AskError; path?: string }>({});
  useEffect(() => {
    if (path === undefined) return;
    const ending = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const run = async () => {
      try {
        const value = await ask<Answer>(path, ending.signal);
        if (!ending.signal.aborted) setAnswer({ value, path });
      } catch (error) {
        if (!ending.signal.aborted) setAnswer({ problem: error instanceof AskError ? error : new AskError(0, String(error)), path }); // biome-ignore format: one line
      }
      if (everyMs > 0 && !ending.signal.aborted) timer = setTimeout(run, everyMs);
    };
    void run();
    return () => {
      ending.abort();
      clearTimeout(timer);
    };
  }, [path, everyMs]);
  return answer;
}

/** How much happened in the last hour. */
export function useTimeline(): readonly TimelinePoint[] {
  return useAnswer<readonly TimelinePoint[]>("/api/timeline", 5_000).value ?? [];
}
