import { templates } from "../gen/templates.ts";
import type { Language } from "./languages.ts";

/** Files by their paths, from the folder that they are written into. */
export type Files = Readonly<Record<string, string>>;

/** The files of a template, by their paths in it. */
export function templateFiles(folder: string): Files {
  const own = Object.entries(templates).filter(([path]) => path.startsWith(`${folder}/`));
  return Object.fromEntries(own.map(([path, text]) => [path.slice(folder.length + 1), text]));
}

/**
 * A service that answers `<name>.greet` with `<name>.greeted`: the greeter of the examples under another name. `root` leads from its
 * folder to that of the application.
 */
export function serviceFiles(language: Language, name: string, root: string): Files {
  const files = Object.entries(templateFiles(language)).map(([path, text]) => {
    const renamed = path.replace(/^greeter\b/, name);
    return [renamed, path === "service.yml" ? withSchema(named(text, name), root) : named(text, name)] as const;
  });
  return Object.fromEntries(files);
}

/** Says what a service is called, and its messages, which no other service then has. */
function named(text: string, name: string): string {
  return text
    .replace(/(["'`/ ])(greet(?:ed)?)(?=["'`\\ ]|$)/gm, (whole, before: string, message: string, at: number) =>
      isMessage(text, at, before) ? `${before}${name}.${message}` : whole,
    )
    .replace(/^( +)(greet): /gm, `$1"${name}.$2": `)
    .replace(/\bgreeter\b/g, name);
}

/** `def greet(`, `func greet(` and what people read are names of their own. */
function isMessage(text: string, at: number, before: string): boolean {
  if (before !== " ") return true;
  const line = text.slice(text.lastIndexOf("\n", at) + 1, at + 1);
  return /^\s*- (name: )?$/.test(line);
}

/** Editors find the schema where `npm install` puts it. */
function withSchema(text: string, root: string): string {
  const schema = `${root}/node_modules/@exosphere/application/schemas/service.schema.json`;
  return `# yaml-language-server: $schema=${schema}\n${text}`;
}
