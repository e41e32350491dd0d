import type { ApplicationDeployment, ServiceDeployment } from "./deploy-section.ts";

/** One message under two names: what the bus calls it, and what a role calls it. */
export interface Translation {
  /** The name on the bus, as other roles know it (or as their own translations know it). */
  readonly public: string;
  /** The name that the role itself sends or receives. */
  readonly internal: string;
}

/** A message that a role receives, and how it wants it delivered. */
export interface Receive {
  /** The role's own (internal) name of the message. */
  readonly name: string;
  /** Milliseconds a copy may wait and be worked on; absent: the broker's default. */
  readonly deadlineMs?: number;
  /** How many deliveries of it one instance works on at once, 1 to 10000; absent: as many as it takes at all. */
  readonly concurrency?: number;
  /** `activity` (the default): one at a time per activity, in order. `none`: as they come. */
  readonly order?: "activity" | "none";
  /** An example payload, for people and for tools. Any JSON. */
  readonly example?: unknown;
}

/** The rights of a role: what it may send and receive, by its own names, and what those are called on the bus. */
export interface Route {
  readonly sends: readonly string[];
  readonly receives: readonly Receive[];
  /** The exact ones, and those that its namespace comes to. */
  readonly translations: readonly Translation[];
}

/** The rights of every role. */
export type RouteTable = ReadonlyMap<string, Route>;

/** Who may reach a service: anyone, other services, or nobody (it works off messages). */
export type ServiceType = "public" | "private" | "worker";

/** How a service is started in development. */
export interface Startup {
  /** The shell command, run in the service's folder. */
  readonly command: string;
  /** The text on its output that says it is up; undefined: it is up when it listens or attaches. */
  readonly onlineText: string | undefined;
}

/** How the tests of a service are run. */
export interface ServiceTests {
  /** The shell command, run in the service's folder. */
  readonly command: string;
  /** Whether a mock of the bus, in which the service plays its role, runs meanwhile. */
  readonly mock: boolean;
  /** Milliseconds after which they have failed; undefined: what runs them decides. */
  readonly timeoutMs: number | undefined;
}

/** A service of the application: its entry in application.yml together with its service.yml. */
export interface ApplicationService {
  readonly role: string;
  /** The absolute path of its folder; undefined for a service that is only a docker image. */
  readonly directory: string | undefined;
  readonly dockerImage: string | undefined;
  readonly type: ServiceType;
  readonly description: string;
  readonly startup: Startup | undefined;
  /** The port that the app itself serves people on, where the service says so. */
  readonly port?: number | undefined;
  readonly tests: ServiceTests | undefined;
  /** How many instances of it run; absent: one. */
  readonly instances?: number;
  /** Environment variables for its process. */
  readonly environment?: Readonly<Record<string, string>>;
  /** How it is deployed. */
  readonly deploy?: ServiceDeployment;
  readonly route: Route;
}

/** Names of messages, or every name of the gateway's role. */
export type ClientNames = readonly string[] | "all";

/** What some clients of the gateway may send and receive, by the names of the gateway's role. */
export interface ClientRight {
  readonly sends: ClientNames;
  readonly receives: ClientNames;
}

/** Which clients of the gateway may do what. What is not listed is not allowed. */
export interface ClientRules {
  /** Everybody. */
  readonly anonymous: ClientRight;
  /** Whoever has a valid token, beside that. */
  readonly users: ClientRight;
  /** Users whose token has a scope, beside that. */
  readonly scopes: ReadonlyMap<string, ClientRight>;
}

/** The gateway, as application.yml has it. */
export interface GatewaySection {
  readonly role: string;
  readonly clients: ClientRules;
}

/** Everything that application.yml and the service.yml files say. */
export interface Application {
  /** The absolute path of application.yml. */
  readonly file: string;
  /** The absolute path of its folder, which locations are relative to. */
  readonly root: string;
  readonly name: string;
  readonly description: string;
  readonly version: string;
  readonly services: readonly ApplicationService[];
  readonly gateway: GatewaySection | undefined;
  /** How the application is deployed. */
  readonly deploy: ApplicationDeployment;
  /** The rights of every service and of the gateway. */
  readonly routes: RouteTable;
  /** The absolute paths of all files read, for watching. */
  readonly files: readonly string[];
  /** What is accepted but deserves a look, one line each. */
  readonly warnings: readonly string[];
}
