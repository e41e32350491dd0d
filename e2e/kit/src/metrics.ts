/** All samples of a process' metrics, by name with labels, as the text format has them. */
export async function metricsOf(admin: string): Promise<ReadonlyMap<string, number>> {
  const text = await (await fetch(`${admin}/metrics`)).text();
  const samples = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    samples.map((line) => {
      const end = line.lastIndexOf(" ");
      return [line.slice(0, end), Number(line.slice(end + 1))];
    }),
  );
}

/** One sample, by name with labels; undefined if there is none. */
export async function metricOf(admin: string, name: string): Promise<number | undefined> {
  return (await metricsOf(admin)).get(name);
}
