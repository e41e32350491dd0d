import { chromiumOptions } from "@exosphere/testkit";
import { type Browser as Chromium, chromium, type Page } from "playwright-core";

/** How a page is looked at. */
export interface Look {
  readonly width?: number;
  readonly height?: number;
  readonly scheme?: "light" | "dark";
  /** Pixels of the screen for each of the page. */
  readonly scale?: number;
}

/** A browser at a dashboard. */
export class Browser {
  /** What the pages complained of, and what they asked of other hosts. */
  readonly complaints: string[] = [];
  readonly #base: string;
  readonly #chromium: Chromium;

  private constructor(base: string, started: Chromium) {
    this.#base = base;
    this.#chromium = started;
  }

  /** Starts one for the dashboard at this address. */
  static async start(base: string): Promise<Browser> {
    return new Browser(base, await chromium.launch(chromiumOptions));
  }

  /** Opens a view, such as "#/map", as somebody who was never here. */
  async open(view: string, { width = 1440, height = 900, scheme = "light", scale = 1 }: Look = {}): Promise<Page> {
    const context = await this.#chromium.newContext({
      viewport: { width, height },
      deviceScaleFactor: scale,
      colorScheme: scheme,
      reducedMotion: "reduce",
    });
    const page = await context.newPage();
    // A machine that runs other tests beside takes its time.
    page.setDefaultTimeout(60_000);
    page.on("pageerror", (error) => this.complaints.push(String(error)));
    page.on("console", (message) => message.type() === "error" && this.complaints.push(message.text()));
    page.on("request", (request) => request.url().startsWith(this.#base) || this.complaints.push(request.url()));
    await page.goto(`${this.#base}/${view}`);
    return page;
  }

  async close(): Promise<void> {
    await this.#chromium.close();
  }
}
