import { isIPv6 } from "node:net";
import type { Reading, SettingKind } from "./setting.ts";

/** Where something listens. */
export interface Address {
  /** Name or IP address, an IPv6 address without brackets. */
  readonly host: string;
  /** 1 to 65535. */
  readonly port: number;
}

/** The address that "broker.local:4100" or "[::1]:4100" stands for, or undefined if a text is none. */
export function parseAddress(text: string): Address | undefined {
  const [, bracketed, name, digits] = /^(?:\[([^\]]+)\]|([^:/@\s[\]]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? name;
  const port = Number(digits);
  if (host === undefined || !(port >= 1 && port <= 65_535)) return undefined;
  return bracketed !== undefined && !isIPv6(bracketed) ? undefined : { host, port };
}

/** An address as one text, an IPv6 host in brackets. */
export function formatAddress({ host, port }: Address): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** Kind of one address, kept as "host:port", which is the form that gRPC takes. */
export function addressTexts(): SettingKind<string> {
  return {
    placeholder: "HOST:PORT",
    expects: "HOST:PORT, such as 127.0.0.1:4100",
    read(text): Reading<string> {
      const address = parseAddress(text);
      return address ? { value: formatAddress(address) } : { mistake: "is not HOST:PORT, such as 127.0.0.1:4100" };
    },
    write: (value) => value,
  };
}
