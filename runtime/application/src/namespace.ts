import type { Translation } from "./application.ts";

/** What parts a namespace from its command. */
const separators = [".", ": ", "/"] as const;

/**
 * What a namespace means for names that have no translation of their own: `<namespace>.<command>` inside is `<role>.<command>`
 * outside. A role sends and receives only what it lists, so a namespace comes to just these translations.
 */
export function namespaceTranslations(role: string, namespace: string, names: Iterable<string>): Translation[] {
  const translations: Translation[] = [];
  for (const internal of names) {
    const isInside = separators.some((separator) => internal.startsWith(namespace + separator));
    if (isInside) translations.push({ public: role + internal.slice(namespace.length), internal });
  }
  return translations;
}
