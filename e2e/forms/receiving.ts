import type { Message } from "@exosphere/testkit/app-under-test";
import { InboxClient } from "@exosphere/testkit/inbox-client";
import type { Mesh } from "@exosphere/testkit/mesh";
import { RawWebSocket } from "@exosphere/testkit/raw-websocket";

/** An app that takes messages in some way, and settles each at once. */
export interface Receiver {
  readonly form: string;
  readonly role: string;
  /** Port of its sidecar. */
  readonly port: number;
  /** The texts of the messages that came, as they came. */
  texts(): readonly string[];
  reset(): void;
}

/** The messages of a receiver. */
export function messagesOf(receiver: Receiver): Message[] {
  return receiver.texts().map((text) => JSON.parse(text) as Message);
}

/** A role for each way to take messages, with an app that knows nothing of ours. */
export const receivingRoles = ["pushed", "inboxed", "socketed", "settling"] as const;

/** Starts the apps of these roles, each behind a sidecar of its own. */
export async function startReceivers(mesh: Mesh): Promise<Receiver[]> {
  const [pushed, inboxed, socketed, settling] = await Promise.all([
    mesh.startService("pushed"),
    mesh.startSidecar("inboxed"),
    mesh.startSidecar("socketed"),
    mesh.startSidecar("settling"),
  ]);
  const inbox = mesh.keep(await InboxClient.open(inboxed.port));
  inbox.settleAll();
  const socket = mesh.keep(await RawWebSocket.register(socketed.port, "socketed"));
  const settler = mesh.keep(await RawWebSocket.register(settling.port, "settling", { settle: true }));
  settler.onText = (text) => {
    const { id } = JSON.parse(text) as Message;
    settler.send({ name: "exocom.settle", payload: { id, outcome: "done" } });
  };
  return [
    {
      form: "POST /run/<name>",
      role: "pushed",
      port: pushed.sidecar.port,
      texts: () => pushed.app.deliveries.map(({ raw }) => raw.toString()),
      reset: () => pushed.app.reset(),
    },
    {
      form: "GET /v1/inbox",
      role: "inboxed",
      port: inboxed.port,
      texts: () => inbox.events.map(({ data }) => data),
      reset: () => void inbox.events.splice(0),
    },
    ofSocket("WebSocket /services", "socketed", socketed.port, socket),
    ofSocket("WebSocket /services with settle", "settling", settling.port, settler),
  ];
}

function ofSocket(form: string, role: string, port: number, socket: RawWebSocket): Receiver {
  return { form, role, port, texts: () => socket.texts, reset: () => void socket.texts.splice(0) };
}
