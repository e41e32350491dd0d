/** What somebody looks at, to be had in a terminal as well. */
export type Shown =
  | { readonly view: "map" }
  | { readonly view: "latency"; readonly role?: string | undefined }
  | {
      readonly view: "tap";
      readonly role?: string | undefined;
      readonly name?: string | undefined;
      readonly activity?: string | undefined;
      readonly troubleOnly?: boolean | undefined;
    }
  | { readonly view: "activities"; readonly query: Readonly<Record<string, string>> }
  | { readonly view: "activity"; readonly id: string };

/** Where the processes are, as far as that is not where they are by default. */
export interface Places {
  readonly broker: string;
  readonly dashboard: string;
}

const defaults: Places = { broker: "127.0.0.1:4100", dashboard: "http://127.0.0.1:4400" };

/** The command that shows the same in a terminal. */
export function commandFor(shown: Shown, places: Places): string {
  const broker = places.broker === defaults.broker ? [] : ["--broker", places.broker];
  const dashboard = places.dashboard === defaults.dashboard ? [] : ["--dashboard", places.dashboard];
  switch (shown.view) {
    case "map":
      return line("exo top", ...broker);
    case "latency":
      return line("exo top", ...(shown.role ? ["--role", shown.role] : []), ...broker);
    case "tap": {
      const { role, name, activity, troubleOnly } = shown;
      const filters = [
        ...(role ? ["--role", role] : []),
        ...(name ? ["--name", name] : []),
        ...(activity ? ["--activity", activity] : []),
        ...(troubleOnly ? ["--trouble"] : []),
      ];
      return line("exo tap", ...filters, ...broker);
    }
    case "activities": {
      const { text, role, name, slower, trouble } = shown.query;
      const filters = [
        ...(text ? ["--find", text] : []),
        ...(role ? ["--role", role] : []),
        ...(name ? ["--name", name] : []),
        ...(slower ? ["--slower", `${slower}ms`] : []),
        ...(trouble ? ["--trouble"] : []),
      ];
      return line("exo trace", ...filters, ...dashboard);
    }
    case "activity":
      return line("exo trace", shown.id, ...dashboard);
  }
}

function line(command: string, ...args: readonly string[]): string {
  return [command, ...args.map(quoted)].join(" ");
}

/** POSIX shell: nothing is special between single quotes but the quote itself. What needs none stays readable. */
function quoted(text: string): string {
  return /^[\w:/.@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
