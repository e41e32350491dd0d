import { connect } from "node:net";

/** Pause between attempts while the app is away, in milliseconds: short, as somebody waits for it to start. */
const pauseMs = 100;
/** How long an attempt to connect may take, in milliseconds. The app is on the same machine, or next to it. */
const timeoutMs = 2_000;

/** Whether the app takes connections. */
export class AppProbe {
  readonly #host: string;
  readonly #port: number;
  readonly #onChange: (isUp: boolean) => void;
  #isUp = false;
  #isClosed = false;
  #timer: NodeJS.Timeout | undefined;

  /** `onChange` is called when the app has come up, and when `missed` found it gone. */
  constructor(app: URL, onChange: (isUp: boolean) => void) {
    this.#host = app.hostname.replace(/^\[|\]$/g, "");
    this.#port = Number(app.port || (app.protocol === "https:" ? 443 : 80));
    this.#onChange = onChange;
    this.#attempt();
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** The app refused a connection: it is gone until it takes one again. */
  missed(): void {
    if (!this.#isUp) return;
    this.#isUp = false;
    this.#onChange(false);
    this.#attempt();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #attempt(): void {
    const socket = connect({ host: this.#host, port: this.#port, timeout: timeoutMs });
    const ended = (isUp: boolean) => {
      socket.removeAllListeners();
      // A socket that is thrown away may still report an error.
      socket.on("error", () => {});
      socket.destroy();
      if (this.#isClosed) return;
      this.#isUp = isUp;
      if (isUp) this.#onChange(true);
      else this.#timer = setTimeout(() => this.#attempt(), pauseMs);
    };
    socket.once("connect", () => ended(true));
    socket.once("timeout", () => ended(false));
    socket.once("error", () => ended(false));
  }
}
