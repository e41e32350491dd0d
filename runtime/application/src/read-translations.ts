import type { Translation } from "./application.ts";
import { structure } from "./form.ts";
import { KeyedMap } from "./keyed-map.ts";
import { MapDeclaration } from "./map-declaration.ts";
import { messageName } from "./read-messages.ts";
import type { YamlValue } from "./yaml-value.ts";

/** The keys of a translation. */
export const translationKeys = new MapDeclaration({
  public: {
    form: messageName,
    does: "what the bus, and so all others, call the message",
    need: "say what the bus calls the message",
  },
  internal: { form: messageName, does: "what the role calls it", need: "say what the role calls the message" },
});

/** A list of translations. */
export const translationsForm = structure({ type: "array", items: translationKeys.schema });

/**
 * Reads a list of `{public, internal}`. Either name may stand in it once, as each must lead to one other. `known` is what
 * the role sends and receives.
 */
export function readTranslations(list: YamlValue | undefined, known: ReadonlySet<string>): readonly Translation[] {
  const translations: Translation[] = [];
  const taken = { public: new Set<string>(), internal: new Set<string>() };
  for (const value of list?.list() ?? []) {
    const translation = readTranslation(value);
    if (translation === undefined) continue;
    const twice = (["internal", "public"] as const).find((side) => taken[side].has(translation[side]));
    if (twice !== undefined) {
      value.refuse(`'${translation[twice]}' is the ${twice} name of two translations; remove one`);
      continue;
    }
    taken.public.add(translation.public);
    taken.internal.add(translation.internal);
    if (!known.has(translation.internal)) {
      value.warn(`has no effect: the role neither sends nor receives '${translation.internal}'`);
    }
    translations.push(translation);
  }
  return translations;
}

function readTranslation(value: YamlValue): Translation | undefined {
  const map = KeyedMap.of(value, translationKeys);
  const publicName = map?.read("public");
  const internal = map?.read("internal");
  return publicName === undefined || internal === undefined ? undefined : { public: publicName, internal };
}
