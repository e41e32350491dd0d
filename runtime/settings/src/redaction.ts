/** Stands for the value of a secret wherever settings are shown. */
export const redacted = "[redacted]";

/** A value for eyes: the password in a URL ("nats://user:password@host") is hidden, anything else stays. */
export function withoutPasswords(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPasswords);
  return typeof value === "string" ? value.replace(/(:\/\/[^/@\s:]*:)[^/\s]*@/g, `$1${redacted}@`) : value;
}
