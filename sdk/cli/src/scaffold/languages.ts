/** Languages that a service can be written in from a template, each with what its users need, for people. */
export const languages = {
  ts: "TypeScript, with @exosphere/sdk; Node 22.18 or newer runs it as it is",
  js: "JavaScript, on Node's standard library",
  python: "Python 3, on its standard library",
  go: "Go, on its standard library",
  java: "Java 17, on its standard library",
  rust: "Rust, on its standard library",
  bash: "bash and curl",
} as const;

/** One of them. */
export type Language = keyof typeof languages;

/** Whether a word names one. */
export function isLanguage(word: string): word is Language {
  return Object.hasOwn(languages, word);
}
