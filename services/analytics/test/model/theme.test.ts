import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

type Theme = ReadonlyMap<string, string>;

/** WCAG 2.2, 1.4.3: the least contrast of text below 24 px with what is behind it. */
const leastContrast = 4.5;

const css = readFileSync(new URL("../../page/styles/theme.css", import.meta.url), "utf8");
const themes = [...css.matchAll(/:root[^{]*\{([^}]*)\}/g)].map(([, block = ""]) => colours(block));

function colours(block: string): Theme {
  return new Map([...block.matchAll(/--([\w-]+): (#[\da-f]{6});/g)].map(([, name = "", value = ""]) => [name, value]));
}

/** https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

/** Which colours text has, and what it stands on. */
const surfaces = ["bg", "surface", "sunken"];
const softs = ["accent-soft", "fine-soft", "slow-soft", "bad-soft"];
const pairs = [
  ...["ink", "ink-2", "ink-3"].flatMap((text) => [...surfaces, ...softs].map((behind) => [text, behind] as const)),
  ...["accent", "fine", "slow", "bad"].flatMap((text) =>
    [...surfaces, `${text}-soft`].map((behind) => [text, behind] as const),
  ),
  ["surface", "accent"] as const,
];

describe("the colours of the dashboard", () => {
  it("have enough contrast for small text, in the light and in the dark theme", () => {
    const weak = themes.flatMap((theme, index) =>
      pairs
        .map(([text, behind]) => ({ text, behind, ratio: contrast(theme.get(text) ?? "", theme.get(behind) ?? "") }))
        .filter(({ ratio }) => !(ratio >= leastContrast))
        .map(({ text, behind, ratio }) => `theme ${index}: ${text} on ${behind} has ${ratio.toFixed(2)}`),
    );
    assert.deepEqual(weak, []);
  });

  it("are the same in the dark of the system and in the dark that was chosen", () => {
    assert.equal(themes.length, 3);
    assert.deepEqual(themes[1], themes[2]);
  });
});
