/** How many of the eight groups of an IPv6 address name the network of one customer: a /64, RFC 6177. */
const networkGroups = 4;

/**
 * What an address counts as for limits. An IPv4 address stands for itself, an IPv6 address for its /64, as one customer has at
 * least 2^64 addresses to choose from; an IPv4 address in IPv6 form (RFC 4291, 2.5.5.2) for the IPv4 address. What is not an
 * address stands for itself.
 */
export function addressGroup(address: string): string {
  if (!address.includes(":")) return address;
  const groups = groupsOf(address);
  if (groups === undefined) return address;
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (isMapped) return [groups[6], groups[7]].flatMap((group = 0) => [group >> 8, group & 255]).join(".");
  const network = groups.slice(0, networkGroups).map((group) => group.toString(16));
  return `${network.join(":")}::/64`;
}

/** The eight groups of an IPv6 address; undefined for what is not one. */
function groupsOf(address: string): number[] | undefined {
  const [plain = ""] = address.split("%", 1);
  const dotted = /^(.*:)(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(plain);
  const hex = dotted ? `${dotted[1]}${wordOf(dotted[2], dotted[3])}:${wordOf(dotted[4], dotted[5])}` : plain;
  const [head = "", tail, more] = hex.split("::");
  if (more !== undefined) return undefined;
  const [before, after] = [wordsOf(head), wordsOf(tail ?? "")];
  const missing = 8 - before.length - after.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...before, ...new Array<number>(missing).fill(0), ...after];
  return groups.every((group) => group >= 0 && group <= 0xffff) ? groups : undefined;
}

function wordOf(high = "", low = ""): string {
  return (Number(high) * 256 + Number(low)).toString(16);
}

function wordsOf(text: string): number[] {
  if (text === "") return [];
  return text.split(":").map((word) => (/^[0-9a-f]{1,4}$/i.test(word) ? Number.parseInt(word, 16) : -1));
}
