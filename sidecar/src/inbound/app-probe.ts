import { request as httpsRequest } from "node:https";
import { connect } from "node:net";
import { request as httpRequest } from "@exosphere/http/node-http";

/** Pause between attempts while the app is away, in milliseconds: short, as somebody waits for it to start. */
const downPauseMs = 100;
/** Pause between health checks while it is up, in milliseconds: what an app that stops is given in a second can be handed back. */
const upPauseMs = 1_000;
/** How long an attempt may take, in milliseconds. The app is on the same machine, or next to it. */
const timeoutMs = 2_000;

/** Looks once whether the app is there. Calls back at most once; returns what calls it off. */
type Look = (found: (isUp: boolean) => void) => () => void;

/** Whether the app takes deliveries: its port takes connections, or its health path answers 2xx if it has one. */
export class AppProbe {
  isUp = false;
  readonly #look: Look;
  readonly #isPeriodic: boolean;
  readonly #onChange: (isUp: boolean) => void;
  #timer: NodeJS.Timeout | undefined;
  #cancel: (() => void) | undefined;

  /**
   * `onChange` is called when the app has come up or gone. Its port alone is not looked at while it is up: `missed` says
   * that it refused a connection.
   */
  constructor(app: URL, onChange: (isUp: boolean) => void, healthPath?: string) {
    this.#look = healthPath === undefined ? portLook(app) : healthLook(new URL(healthPath, app));
    this.#isPeriodic = healthPath !== undefined;
    this.#onChange = onChange;
    this.#attempt();
  }

  /** The app refused a connection: it is gone until it takes one again. */
  missed(): void {
    if (!this.isUp) return;
    this.close();
    this.isUp = false;
    this.#onChange(false);
    this.#attempt();
  }

  /** Looks no more. */
  close(): void {
    clearTimeout(this.#timer);
    this.#cancel?.();
  }

  #attempt(): void {
    this.#cancel = this.#look((isUp) => {
      this.#cancel = undefined;
      if (!isUp || this.#isPeriodic) {
        this.#timer = setTimeout(() => this.#attempt(), isUp ? upPauseMs : downPauseMs);
      }
      if (isUp === this.isUp) return;
      this.isUp = isUp;
      this.#onChange(isUp);
    });
  }
}

function portLook(app: URL): Look {
  const host = app.hostname.replace(/^\[|\]$/g, "");
  const port = Number(app.port || (app.protocol === "https:" ? 443 : 80));
  return (found) => {
    const socket = connect({ host, port, timeout: timeoutMs });
    const end = () => {
      socket.removeAllListeners();
      // A socket that is thrown away may still report an error.
      socket.on("error", () => {});
      socket.destroy();
    };
    const ended = (isUp: boolean) => {
      end();
      found(isUp);
    };
    socket.once("connect", () => ended(true));
    socket.once("timeout", () => ended(false));
    socket.once("error", () => ended(false));
    return end;
  };
}

function healthLook(url: URL): Look {
  const request = url.protocol === "https:" ? httpsRequest : httpRequest;
  return (found) => {
    let isOver = false;
    // A connection of its own: a port that is gone must not be hidden by one that was kept open.
    const asking = request(url, { agent: false, headers: { connection: "close" } });
    const timer = setTimeout(() => ended(false), timeoutMs);
    const end = () => {
      isOver = true;
      clearTimeout(timer);
      asking.destroy();
    };
    const ended = (isUp: boolean) => {
      if (isOver) return;
      end();
      found(isUp);
    };
    asking.on("response", ({ statusCode = 0 }) => ended(statusCode >= 200 && statusCode < 300));
    asking.on("error", () => ended(false));
    asking.end();
    return end;
  };
}
