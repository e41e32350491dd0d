import { eventually } from "@exosphere/testkit";
import { RawConnection } from "@exosphere/testkit/raw-connection";
import { rawPost, rawStatuses } from "@exosphere/testkit/raw-http";
import { RawWebSocket } from "@exosphere/testkit/raw-websocket";

/** A message as a test writes it. */
export interface Written {
  readonly name: string;
  /** JSON text. */
  readonly payload: string;
  readonly activityId?: string;
  readonly id?: string;
}

/** A way to send: from a socket that knows nothing of ours. */
export interface SendingForm {
  readonly form: string;
  /** Sends in order, on one connection. Resolves once the bus has all, with what was refused: how many, and why. */
  send(port: number, role: string, messages: readonly Written[]): Promise<readonly string[]>;
}

/** Every way to send by HTTP or WebSocket. */
export const sendingForms: readonly SendingForm[] = [
  {
    form: "POST /v1/send/<name>",
    async send(port, role, messages) {
      const posts = messages.map(({ name, payload, activityId, id }) =>
        rawPost(`/v1/send/${encodeURIComponent(name)}`, payload, {
          "exo-role": role,
          ...(activityId !== undefined && { "exo-activity-id": activityId }),
          ...(id !== undefined && { "exo-message-id": id }),
        }),
      );
      return (await rawStatuses(port, posts)).filter((status) => status !== 202).map(String);
    },
  },
  {
    form: "POST /v1/send with NDJSON",
    async send(port, role, messages) {
      // Line ends within a message would end its line.
      const lines = messages.map((message) => `${textOf(message).replace(/[\r\n]/g, " ")}\n`);
      const connection = new RawConnection(port);
      connection.write(rawPost("/v1/send", lines.join(""), { "exo-role": role, connection: "close" }));
      await eventually("the end of the answers", () => connection.isClosed, 60_000);
      const answers = [...connection.text.matchAll(/^\{".*\}$/gm)].map(([line]) => line);
      if (answers.length !== messages.length) throw new Error(`${answers.length} answers: ${connection.text}`);
      return answers.flatMap((line) => (JSON.parse(line) as { reason?: string }).reason ?? []);
    },
  },
  {
    form: "POST /send/<name>, as in 2016",
    async send(port, role, messages) {
      const posts = messages.map((message) =>
        rawPost(`/send/${encodeURIComponent(message.name)}`, textOf({ id: "", ...message }, { sender: role })),
      );
      return (await rawStatuses(port, posts)).filter((status) => status !== 200).map(String);
    },
  },
  {
    form: "WebSocket /services",
    async send(port, role, messages) {
      const socket = await RawWebSocket.register(port, role, { errors: true });
      for (const message of messages) socket.send(textOf(message));
      // Its messages are taken in order, so that an answer to nonsense comes behind all of them.
      socket.send("the end");
      await socket.message("exocom.error");
      const end = () => errorsOf(socket).at(-1)?.includes("A frame must be a JSON object");
      await eventually("the last answer", end, 60_000);
      socket.goodbye();
      await socket.closed();
      return errorsOf(socket).filter((detail) => !detail.includes("A frame must be a JSON object"));
    },
  },
];

function errorsOf({ messages }: RawWebSocket): string[] {
  return messages
    .filter(({ name }) => name === "exocom.error")
    .map(({ payload }) => String((payload as { detail: unknown }).detail));
}

/** A message as JSON. The payload stands there as it was written. */
function textOf({ payload, ...head }: Written, more: object = {}): string {
  return `${JSON.stringify({ ...head, ...more }).slice(0, -1)},"payload":${payload}}`;
}
