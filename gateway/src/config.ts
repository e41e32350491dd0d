import { edgeLimitSettings, edgeSettings } from "@exosphere/http";
import { adminSettings, type Config, processSettings, setting } from "@exosphere/settings";

const KiB = 1024;
const MiB = 1024 * KiB;

/** Requests and bytes a second that one of something may use. */
function allowances(of: string, requests: number, bytes: number) {
  return [
    setting.integer({ help: `Requests and frames a second of one ${of}, in the long run`, default: requests, min: 1 }),
    setting.bytes({ help: `Bytes a second of one ${of}, in the long run`, default: bytes, min: 1 }),
  ] as const;
}

// A person and the page in front of it make some requests a second; a page that loads makes dozens at once, which the burst allows.
const [connectionRequests, connectionBytes] = allowances("connection", 50, 1 * MiB);
const [sessionRequests, sessionBytes] = allowances("session", 50, 1 * MiB);
// A user has several devices.
const [userRequests, userBytes] = allowances("user", 100, 2 * MiB);
// Behind one address may be an office.
const [addressRequests, addressBytes] = allowances("address", 500, 8 * MiB);

const placeSettings = {
  role: setting.text({ help: "The role that the gateway plays; default: the one in --app or --rules", env: "ROLE" }),
  app: setting.file({ help: "application.yml, whose section 'gateway' says which clients may do what" }),
  rules: setting.file({ help: "That section alone, as YAML or JSON, where there is no application.yml" }),
  broker: setting.addresses({
    help: "Brokers in order of preference, HOST:PORT[,HOST:PORT]",
    default: ["127.0.0.1:4100"],
  }),
  host: setting.text({ help: "Address that clients connect to", default: "127.0.0.1" }),
  port: setting.port({ help: "Port for clients", default: 4300 }),
  adminHost: setting.text({ help: "Address that the admin port listens on", default: "127.0.0.1" }),
  adminPort: setting.port({ help: "Port for health, metrics and settings", default: 4301 }),
  publicUrl: setting.url({ help: "Where clients find the gateway, for openapi.json and asyncapi.json" }),
  allowHosts: setting.list({ help: "Names, beside loopback, by which the gateway may be called", default: [] }),
  allowOrigins: setting.list({
    help: "Web pages that may call the gateway, such as https://example.org; * for all",
    default: [],
  }),
  trustedProxies: setting.list({
    help: "Addresses or networks (10.0.0.0/8) of proxies whose X-Forwarded-For is believed",
    default: [],
  }),
  attachTokenFile: setting.file({ help: "File with the role's attach token, where the broker demands one" }),
  adminTokenFile: setting.file({ help: "File with the token that the admin port asks for" }),
} as const;

const tokenSettings = {
  jwtAlgorithms: setting.list({ help: "Algorithms of tokens that are accepted, such as ES256,EdDSA", default: [] }),
  jwtSecretFile: setting.file({ help: "File with the secret of tokens of HS256, HS384 and HS512" }),
  jwtPublicKeyFile: setting.file({ help: "File with a public key (PEM, SPKI) of tokens of any other algorithm" }),
  jwtJwksFile: setting.file({ help: "File with a JSON Web Key Set of public keys" }),
  jwtJwksUrl: setting.url({ help: "URL of a JSON Web Key Set; fetched again when a key is not in it" }),
  // A night and the morning after it. A key that the provider withdraws meanwhile is accepted for as long.
  jwtJwksKeep: setting.durationMs({
    help: "How long the last key set of --jwt-jwks-url is used while the URL does not give a new one",
    default: 86_400_000,
  }),
  jwtIssuer: setting.text({ help: "The issuer (iss) that tokens must have" }),
  jwtAudience: setting.text({ help: "The audience (aud) that tokens must have" }),
  // Two machines with NTP are within milliseconds; some have none.
  jwtClockTolerance: setting.durationMs({ help: "How far clocks may be apart", default: 5_000, max: 300_000 }),
  // A token with some dozens of claims has 2 KiB; Node takes 16 KiB of headers altogether.
  jwtMaxBytes: setting.bytes({ help: "Largest token", default: 8 * KiB, min: 256, max: 12 * KiB }),
} as const;

const sessionSettings = {
  // A lift, a tunnel, a change from one network to another; as long as at Ably.
  sessionTtl: setting.durationMs({ help: "How long a session outlives its connection", default: 120_000 }),
  sessionKeyFile: setting.file({
    help: "File with the key of session tokens, 32 bytes or more; default: a new one, or that in --state",
  }),
  state: setting.text({ help: "SQLite file in which sessions outlive the process; default: they do not" }),
  // One session is some 1 KiB without its messages.
  maxSessions: setting.integer({ help: "Sessions at once, connected or not", default: 100_000, min: 1 }),
  windowMessages: setting.integer({ help: "Messages that a session can be caught up with", default: 2_000, min: 1 }),
  windowBytes: setting.bytes({ help: "Bytes that a session can be caught up with", default: 1 * MiB, min: KiB }),
  windowTime: setting.durationMs({ help: "How long a message is kept for its session", default: 600_000, min: 1000 }),
  // A quarter of what a container of 1 GiB has.
  windowsTotalBytes: setting.bytes({ help: "Bytes that are kept for all sessions", default: 256 * MiB, min: MiB }),
  // Half of the window, so that a client which is ended for it comes back in time to miss nothing.
  maxBacklog: setting.bytes({
    help: "Bytes that wait for a client before it is too slow",
    default: 512 * KiB,
    min: KiB,
  }),
  // As long as a message waits by default at the broker.
  ackTimeout: setting.durationMs({
    help: "How long a client may take to confirm a message",
    default: 30_000,
    min: 100,
  }),
  // The gateway, or a phone, restarts within seconds.
  absentWait: setting.durationMs({ help: "How long a message waits for a client that is not known", default: 10_000 }),
  maxUnsettled: setting.integer({ help: "Messages that the bus has with the gateway at once", default: 1_000, min: 1 }),
  pingInterval: setting.durationMs({ help: "Between two pings to a client", default: 25_000, min: 1_000 }),
} as const;

const limitSettings = {
  maxPayload: setting.bytes({ help: "Largest payload", default: 1 * MiB, min: 1, max: 64 * MiB }),
  connectionRequests,
  connectionBytes,
  sessionRequests,
  sessionBytes,
  userRequests,
  userBytes,
  addressRequests,
  addressBytes,
  burst: setting.durationMs({ help: "How much of these may come at once, as time", default: 10_000, min: 1_000 }),
  // Some 10 KiB each, and as many file descriptors.
  maxConnections: setting.integer({ help: "WebSockets and event streams at once", default: 10_000, min: 1 }),
  addressConnections: setting.integer({ help: "The same of one address", default: 200, min: 1 }),
  // Twice as many: those of calls come and go beside the streams. A browser has six.
  addressTcpConnections: setting.integer({
    help: "TCP connections of one address, whatever they carry; more are closed. Those of trusted proxies do not count",
    default: 400,
    min: 1,
  }),
  // As long as the headers of a request.
  firstFrameTimeout: setting.durationMs({
    help: "Time that the first frame of a WebSocket may take to arrive",
    default: 10_000,
    min: 100,
    max: 3_600_000,
  }),
  userConnections: setting.integer({ help: "The same of one user", default: 50, min: 1 }),
  maxBodyBytes: edgeLimitSettings.maxBodyBytes,
  // An eighth of that: eight of the largest, from one address.
  addressBodyBytes: setting.bytes({
    help: "The same of one address, or one of the largest payload",
    default: 8 * MiB,
    min: 64 * KiB,
  }),
  // Some hundred of the largest replies; most are taken by the system at once, and do not count.
  maxAnswerBytes: setting.bytes({
    help: "Bytes of answers that wait for clients which do not read them; beyond that connections are closed",
    default: 128 * MiB,
    min: 64 * KiB,
  }),
  // An eighth of that.
  addressAnswerBytes: setting.bytes({
    help: "The same of one address, or two of the largest payload",
    default: 16 * MiB,
    min: 64 * KiB,
  }),
  maxSubscriptions: setting.integer({ help: "Names that a client may subscribe to", default: 200, min: 1 }),
  maxOpenRequests: setting.integer({ help: "Requests that may wait for their replies", default: 10_000, min: 1 }),
  maxOutboxMessages: setting.integer({ help: "Messages that may wait for the broker", default: 10_000, min: 1 }),
  maxOutboxBytes: setting.bytes({ help: "Bytes that may wait for the broker", default: 16 * MiB, min: KiB }),
  // Clients try again within minutes; who comes back after an hour looks first.
  idempotencyTtl: setting.durationMs({ help: "How long an answer is remembered by its key", default: 3_600_000 }),
  idempotencyAnswers: setting.integer({ help: "Answers that are remembered", default: 20_000, min: 1 }),
  idempotencyBytes: setting.bytes({ help: "Bytes of these answers", default: 32 * MiB, min: KiB }),
  webSocketCompression: setting.flag({
    help: "Compress WebSocket messages from 1 KiB on (RFC 7692): less traffic for some 100 KiB per client",
    default: false,
  }),
} as const;

/** Settings of `exo-gateway`. Each is a flag, a variable EXO_… and a key of the --config file. */
export const gatewaySettings = {
  ...processSettings,
  ...adminSettings,
  ...edgeSettings,
  ...placeSettings,
  ...tokenSettings,
  ...sessionSettings,
  ...limitSettings,
} as const;

/** The settings of a gateway, complete. */
export type GatewayConfig = Config<typeof gatewaySettings>;
