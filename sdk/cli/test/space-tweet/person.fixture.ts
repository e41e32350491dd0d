import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromiumOptions } from "@exosphere/testkit";
import { type BrowserContext, chromium, type Page } from "playwright-core";

/** A person with a browser of their own, at a page. */
export class Person {
  readonly page: Page;
  /** What the page's console said that it should not have. */
  readonly complaints: string[] = [];
  readonly #context: BrowserContext;
  readonly #profile: string;

  private constructor(context: BrowserContext, page: Page, profile: string) {
    this.#context = context;
    this.page = page;
    this.#profile = profile;
    page.on("pageerror", (error) => this.complaints.push(String(error)));
  }

  /** Opens a browser at a page. `options` are of the browser, beside those of every test. */
  static async at(url: string, options: { readonly ignoreHTTPSErrors?: boolean } = {}): Promise<Person> {
    const profile = await mkdtemp(join(tmpdir(), "space-tweet-browser-"));
    const context = await chromium.launchPersistentContext(profile, { ...chromiumOptions, ...options });
    const page = context.pages()[0] ?? (await context.newPage());
    const person = new Person(context, page, profile);
    // A machine that runs other tests beside takes its time.
    page.setDefaultTimeout(60_000);
    await page.goto(url);
    return person;
  }

  /** Signs in by a name. */
  async signIn(name: string): Promise<void> {
    await this.untilLive();
    await this.page.getByLabel("Who are you?").fill(name);
    await this.page.getByRole("button", { name: "Sign in" }).click();
    await this.page.getByText(`What is new, ${name}?`).waitFor();
  }

  /** Writes a tweet; resolves once it stands in the writer's own page. */
  async write(content: string): Promise<void> {
    await this.page.getByLabel("What is new").fill(content);
    await this.page.getByRole("button", { name: "Post" }).click();
    await this.sees(content);
  }

  /** Resolves once the page shows a tweet. */
  sees(content: string): Promise<void> {
    return this.page.getByRole("listitem").filter({ hasText: content }).waitFor();
  }

  /** All tweets that the page shows, the latest first. */
  async tweets(): Promise<string[]> {
    return this.page.getByRole("listitem").locator("p").allTextContents();
  }

  /** Resolves once the page says that it is connected. */
  untilLive(): Promise<void> {
    return this.page.locator("#status", { hasText: /^live$/ }).waitFor();
  }

  /** Resolves once the page says that it has lost its connection. */
  untilOffline(): Promise<void> {
    return this.page.locator("#status", { hasText: "offline" }).waitFor();
  }

  async close(): Promise<void> {
    await this.#context.close();
    await rm(this.#profile, { recursive: true, force: true });
  }
}
