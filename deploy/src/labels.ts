import { createHash } from "node:crypto";

/** Longest label: targets append to it (`-sidecar`, a number), and DNS labels have at most 63 characters. */
export const maxLabelLength = 40;

/** Endings that targets or this file give to labels. A role that ends so gets a hash, to be nobody else's. */
const reservedEnding = /-(?:sidecar|socket|[0-9]+|h[0-9a-f]{8})$/;

const plain = /^[a-z](?:[a-z0-9-]*[a-z0-9])?$/;

/**
 * A DNS label (RFC 1123) for each name, none of them twice and none of `reserved`: the name itself where it is one, else what is
 * left of it and a hash of the name. The same names get the same labels.
 */
export function labelsOf(names: readonly string[], reserved: readonly string[] = []): ReadonlyMap<string, string> {
  const taken = new Set(reserved);
  const labels = new Map<string, string>();
  const isFree = (name: string) => isLabel(name) && !taken.has(name);
  for (const name of names.filter(isFree)) {
    labels.set(name, name);
    taken.add(name);
  }
  for (const name of names) {
    for (let salt = 0; !labels.has(name); salt++) {
      const label = hashed(name, salt);
      if (taken.has(label)) continue;
      labels.set(name, label);
      taken.add(label);
    }
  }
  return labels;
}

/** A DNS label for one name, with nobody to be different from. */
export function labelOf(name: string): string {
  return isLabel(name) ? name : hashed(name, 0);
}

function isLabel(name: string): boolean {
  return name.length <= maxLabelLength && plain.test(name) && !reservedEnding.test(name);
}

function hashed(name: string, salt: number): string {
  const hash = createHash("sha256")
    .update(`${salt === 0 ? "" : salt}${name}`)
    .digest("hex")
    .slice(0, 8);
  const letters = name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+/, "")
    .slice(0, maxLabelLength - "-h00000000".length)
    .replace(/-+$/, "");
  return `${letters || "role"}-h${hash}`;
}
