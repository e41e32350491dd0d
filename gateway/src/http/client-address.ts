import type { IncomingMessage } from "node:http";
import { BlockList, isIP, isIPv6, type Socket } from "node:net";
import { addressGroup } from "@exosphere/collections";
import { SettingsError } from "@exosphere/settings";

/** Finds the address that a request comes from, through proxies that are trusted by name: an IPv6 address as its /64. */
export class ClientAddresses {
  readonly #trusted = new BlockList();
  readonly #trustsAny: boolean;
  #notBelieved: ((peer: string) => void) | undefined;

  /**
   * Addresses and networks such as 10.0.0.0/8. `notBelieved` is called once, with the peer that said first whom it calls for and is
   * not among them: it may be a proxy that was forgotten. Throws a SettingsError.
   */
  constructor(proxies: readonly string[], notBelieved?: (peer: string) => void) {
    this.#notBelieved = notBelieved;
    this.#trustsAny = proxies.length > 0;
    const wrong = proxies.filter((proxy) => !this.#trust(proxy));
    if (wrong.length > 0)
      throw new SettingsError(
        wrong.map((each) => `--trusted-proxies: '${each}' is no address or network, such as 10.0.0.0/8`),
      );
  }

  /** From the right, the first address in X-Forwarded-For that is no trusted proxy: whoever is left of it may have made up the rest. */
  of(request: Pick<IncomingMessage, "socket" | "headers">): string {
    return addressGroup(this.#addressOf(request));
  }

  /** Whether a connection is that of a trusted proxy, which brings many clients. */
  isProxy({ remoteAddress = "" }: Pick<Socket, "remoteAddress">): boolean {
    return this.#isTrusted(plain(remoteAddress));
  }

  #addressOf({ socket, headers }: Pick<IncomingMessage, "socket" | "headers">): string {
    let address = plain(socket.remoteAddress ?? "");
    if (headers["x-forwarded-for"] !== undefined && !this.#isTrusted(address)) this.#tell(address);
    if (!this.#trustsAny) return address;
    const hops = [headers["x-forwarded-for"] ?? ""]
      .flat()
      .join(",")
      .split(",")
      .map((hop) => plain(hop.trim()));
    while (this.#isTrusted(address)) {
      const hop = hops.pop();
      if (hop === undefined || isIP(hop) === 0) break;
      address = hop;
    }
    return address;
  }

  /** Once: whoever likes can send the header, as often as they like. */
  #tell(peer: string): void {
    const told = this.#notBelieved;
    this.#notBelieved = undefined;
    told?.(peer);
  }

  #isTrusted(address: string): boolean {
    return isIP(address) !== 0 && this.#trusted.check(address, familyOf(address));
  }

  #trust(proxy: string): boolean {
    const [address = "", bits, more] = proxy.split("/");
    const width = isIPv6(address) ? 128 : 32;
    if (isIP(address) === 0 || more !== undefined) return false;
    if (bits === undefined) this.#trusted.addAddress(address, familyOf(address));
    else if (/^\d{1,3}$/.test(bits) && Number(bits) <= width)
      this.#trusted.addSubnet(address, Number(bits), familyOf(address));
    else return false;
    return true;
  }
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIPv6(address) ? "ipv6" : "ipv4";
}

/** An IPv4 address as such where a dual-stack socket shows it as IPv6; without the port that some proxies add. */
function plain(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
  return /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(mapped)?.[1] ?? /^\[([^\]]+)\](?::\d+)?$/.exec(mapped)?.[1] ?? mapped;
}
