/** Line ends in JSON stand between its tokens only, and would end a line of an event. */
const lineEnds = /[\r\n]+/g;

/** A message as a server-sent event: HTML standard, section 9.2. A payload keeps its bytes, but for line ends between tokens. */
export function eventText(id: string, json: string): string {
  return `id: ${id}\ndata: ${json.replace(lineEnds, " ")}\n\n`;
}

/** The first thing on a stream, for clients that connect again by themselves: after how many milliseconds. */
export const preamble = "retry: 1000\n\n";

/** Shows both ends that the other is still there. */
export const keepAlive = ": keep-alive\n\n";
