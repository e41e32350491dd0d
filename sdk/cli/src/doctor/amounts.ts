const units = [
  [1024 ** 3, "GiB"],
  [1024 ** 2, "MiB"],
] as const;

/** Bytes for people, with one digit behind the point. */
export function rounded(bytes: number): string {
  const [size, unit] = units.find(([each]) => bytes >= each) ?? [1024, "KiB"];
  return `${(bytes / size).toFixed(1).replace(".0", "")} ${unit}`;
}
