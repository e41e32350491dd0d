import { type Client as BrowserClient, connect as connectBrowser } from "@exosphere/client";
import type { ListedField } from "@exosphere/message/fields";
import { fieldsTo } from "@exosphere/message/fields";
import type { Client, Message } from "@exosphere/sdk";
import { eventually } from "@exosphere/testkit";
import type { AppUnderTest } from "@exosphere/testkit/app-under-test";
import { ExocomProcess } from "@exosphere/testkit/exocom-process";
import { sampleOf } from "@exosphere/testkit/field-samples";
import { GatewayProcess } from "@exosphere/testkit/gateway-process";
import { InboxClient } from "@exosphere/testkit/inbox-client";
import { post } from "@exosphere/testkit/messages";
import { RawWebSocket } from "@exosphere/testkit/raw-websocket";
import type { SidecarProcess } from "@exosphere/testkit/sidecar-process";
import { SdkMesh } from "../sdk/sdk-mesh.ts";

/** Members of a message, or headers, as a receiver got them. */
export type Got = Readonly<Record<string, unknown>>;

/** One end at which messages leave the bus: what it got of the message with a payload. */
export interface ReceivingEnd {
  readonly name: string;
  readonly way: Parameters<typeof fieldsTo>[0];
  got(payload: unknown): Promise<Got>;
}

/** What reads messages from a socket or stream: their JSON, parsed. */
type Pushed = () => readonly Got[];

const routes = {
  web: { sends: ["say", "poke", "ask"], receives: ["answered"] },
  replier: { sends: ["say", "answered"], receives: ["poke", "ask"] },
  clients: { sends: ["say", "ask"], receives: ["say", "answered"] },
  httpapp: { receives: ["say"] },
  inbox: { receives: ["say"] },
  socket: { receives: ["say"] },
  sdkapp: { receives: ["say"] },
};

/** The samples of fields by key of JSON, as they stand in a body; of headers, as they stand there. */
export function samplesOf(fields: readonly ListedField[], where: "json" | "header" | "option"): Record<string, never> {
  const entries = fields
    .filter(({ name }) => name !== "name" && name !== "payload")
    .map((field) => {
      const { value, header } = sampleOf(field);
      if (where === "header") return [field.header, header];
      if (where === "option") return [field.name, value];
      return [field.json, field.form.type === "duration" ? header : value];
    });
  return Object.fromEntries(entries) as Record<string, never>;
}

/** Every kind of edge, with an app at each that gets the same messages. */
export class FieldsMesh extends SdkMesh {
  web!: SidecarProcess;
  replier!: AppUnderTest;
  exocom!: ExocomProcess;
  gateway!: GatewayProcess;
  sdk!: Client;
  webSocket!: RawWebSocket;
  exocomSocket!: RawWebSocket;
  ends: ReceivingEnd[] = [];
  exocomEnds: ReceivingEnd[] = [];

  async start(): Promise<void> {
    const { port } = await this.startBroker({ routes });
    const [web, replier, inbox, socket] = await Promise.all([
      this.startSocketSidecar("web"),
      this.startService("replier"),
      this.startSidecar("inbox"),
      this.startSidecar("socket"),
      this.startSocketSidecar("sdkapp"),
    ]);
    const httpapp = await this.startService("httpapp");
    [this.web, this.replier] = [web, replier.app];
    const rights = { sends: ["say", "ask"], receives: ["say", "answered"] };
    this.gateway = this.keep(await GatewayProcess.start({ role: "clients", broker: port, ...rights }));
    this.exocom = this.keep(await ExocomProcess.start({ routes }));
    this.sdk = this.connect("web");
    this.webSocket = await this.#registered(web.port, "web");
    this.exocomSocket = await this.exocom.service("web");
    this.ends = [
      ...httpEnds(httpapp.app),
      pushedEnd("an inbox", await this.#inbox(inbox.port)),
      pushedEnd("a WebSocket", await this.#socket(socket.port, "socket")),
      ...this.#sdkEnds(),
    ];
    this.exocomEnds = [
      pushedEnd("an inbox of the all-in-one", await this.#inbox(this.exocom.port, { "exo-role": "inbox" })),
      pushedEnd("a WebSocket of the all-in-one", messagesOf(await this.exocom.service("socket"))),
    ];
  }

  /** A client of each kind, with a session of its own, by the id of its session. */
  async clientEnds(): Promise<Map<string, ReceivingEnd>> {
    const ends = new Map<string, ReceivingEnd>();
    const end = (name: string, way: ReceivingEnd["way"], pushed: Pushed) => pushedEnd(name, pushed, way);
    const [first, second] = await Promise.all([this.#session(), this.#session()]);
    const socketFrames: Got[] = [];
    const socket = new WebSocket(`${this.gateway.edge.replace("http", "ws")}/v1/socket`);
    this.keep({ stop: async () => socket.close() });
    socket.addEventListener("message", ({ data }) => void socketFrames.push(JSON.parse(String(data)) as Got));
    socket.addEventListener("open", () => socket.send(JSON.stringify({ type: "connect", session: first.session })));
    await eventually("the welcome", () => socketFrames.some(({ type }) => type === "welcome"));
    ends.set(
      first.sessionId,
      end("a WebSocket of the gateway", "clientJson", () => socketFrames),
    );
    const stream = await InboxClient.open(
      Number(new URL(this.gateway.edge).port),
      { "exo-session": second.session },
      "/v1/events",
    );
    this.keep(stream);
    await eventually("the welcome", () => stream.raw.includes("event: welcome"));
    ends.set(
      second.sessionId,
      end("events of the gateway", "clientJson", () => stream.events.map(({ message }) => asGot(message))),
    );
    const { client, got } = this.browser();
    const sessionId = await eventually("online", () => client.status.kind === "online" && client.status.sessionId);
    ends.set(
      sessionId,
      end("the browser client", "browser", () => got),
    );
    return ends;
  }

  /** The client of browsers, and what it got. */
  browser(): { readonly client: BrowserClient; readonly got: readonly Got[] } {
    const client = connectBrowser({ url: `${this.gateway.edge.replace("http", "ws")}/v1/socket` });
    this.keep({ stop: async () => client.close() });
    const got: Got[] = [];
    client.onAny((message) => void got.push(message as unknown as Got));
    return { client, got };
  }

  #sdkEnds(): ReceivingEnd[] {
    const handled: { readonly message: Message; readonly context: Got }[] = [];
    this.play("sdkapp", {
      say: (message, context) => {
        const beside = fieldsTo("sdkContext").map(({ name }) => [name, (context as unknown as Got)[name]]);
        handled.push({ message, context: Object.fromEntries(beside) as Got });
      },
    });
    const found = (payload: unknown) =>
      eventually("the SDK's handler", () => handled.find(({ message }) => isSame(message.payload, payload)));
    return [
      { name: "a handler of the SDK", way: "sdk", got: async (payload) => asGot((await found(payload)).message) },
      { name: "its context", way: "sdkContext", got: async (payload) => (await found(payload)).context },
    ];
  }

  async #inbox(port: number, headers: Record<string, string> = {}): Promise<Pushed> {
    const inbox = this.keep(await InboxClient.open(port, headers));
    inbox.settleAll();
    return () => inbox.events.map(({ message }) => asGot(message));
  }

  async #socket(port: number, role: string): Promise<Pushed> {
    return messagesOf(await this.#registered(port, role));
  }

  async #registered(port: number, role: string): Promise<RawWebSocket> {
    const socket = await RawWebSocket.register(port, role);
    this.keep({ stop: async () => socket.drop() });
    return socket;
  }

  async #session(): Promise<{ readonly session: string; readonly sessionId: string }> {
    const { json } = await post(`${this.gateway.edge}/v1/session`);
    return { session: String(json.session), sessionId: String(json.sessionId) };
  }
}

function httpEnds(app: AppUnderTest): ReceivingEnd[] {
  const found = (payload: unknown) =>
    eventually("the delivery", () => app.received("say").find(({ message }) => isSame(message.payload, payload)));
  return [
    { name: "a delivery by HTTP", way: "appJson", got: async (payload) => asGot((await found(payload)).message) },
    { name: "its headers", way: "appHeaders", got: async (payload) => (await found(payload)).headers },
  ];
}

function pushedEnd(name: string, pushed: Pushed, way: ReceivingEnd["way"] = "appJson"): ReceivingEnd {
  return {
    name,
    way,
    got: (payload) => eventually(`a message at ${name}`, () => pushed().find((each) => isSame(each.payload, payload))),
  };
}

function messagesOf(socket: RawWebSocket): Pushed {
  return () => socket.messages;
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function asGot(message: object): Got {
  return { ...message } as Got;
}
