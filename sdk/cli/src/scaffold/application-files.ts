import type { Language } from "./languages.ts";
import { type Files, serviceFiles, templateFiles } from "./service-files.ts";

/** An application of two services that talk: one that people open, and a greeter in a language. */
export function applicationFiles(name: string, language: Language, version: string): Files {
  const own = Object.entries(templateFiles("application")).map(([path, text]) => {
    const written = text.replaceAll("NAME", path.endsWith("README.md") ? "NAME" : name).replaceAll("VERSION", version);
    return [path === "gitignore" ? ".gitignore" : path, written.replace(/^# NAME$/m, `# ${name}`)] as const;
  });
  const greeter = Object.entries(serviceFiles(language, "greeter", ".."));
  const files = Object.fromEntries([...own, ...greeter.map(([path, text]) => [`greeter/${path}`, text] as const)]);
  return language === "ts" ? { ...files, "package.json": withSdk(files["package.json"] ?? "", version) } : files;
}

function withSdk(manifest: string, version: string): string {
  const parsed = JSON.parse(manifest) as object;
  return `${JSON.stringify({ ...parsed, dependencies: { "@exosphere/sdk": `^${version}` } }, null, 2)}\n`;
}
