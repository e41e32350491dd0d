import { settingFacts } from "@exosphere/settings";
import { type Command, commands } from "./commands.ts";
import { type GeneratedPage, generatedNote, markdownTable } from "./generated-page.ts";

const intro = `
Every setting is a flag, an environment variable and a key of a settings file, which \`--config FILE\` (or \`EXO_CONFIG\`) names, in YAML or JSON:
\`--max-payload 2MiB\`, \`EXO_MAX_PAYLOAD=2MiB\`, and \`max-payload: 2MiB\` in the file mean the same. A flag beats its variable,
which beats the settings file, which beats the default. The name without its dashes is the key of the file. A setting that had
another name in an earlier version can still be given by that name; a line on stderr then says what it is called now.

Mistakes in the settings are reported all together, before a port is bound, and the process exits with 64. A port that is taken
ends it with 1 and a message that names the port and its setting. \`GET /settings\` on the [admin port](http-api.md#the-admin-port) shows
each effective value and where it comes from. Every command has \`--help\` and \`--version\`.

| written as | means |
|---|---|
| \`BYTES\` | a size: \`64KiB\`, \`1MiB\`, or a number of bytes |
| \`DURATION\` | a time: \`1500ms\`, \`10s\`, \`2m\`, \`1h\`, \`7d\`, or 0; at most 24.8 days |
| \`N\`, \`PORT\`, \`TEXT\`, \`WORD\`, \`URL\`, \`PATH\` | a whole number; a TCP port, 0 for any free one; any text; one of a few words; an address; the path of a URL |
| \`FILE\` | a file that can be read. Relative paths start at the working folder, in a settings file at the folder of that file |
| \`A[,A]\` | one or several, with commas between them; in a settings file an array as well |
| \`--[no-]pretty\` | \`--pretty\` or \`--no-pretty\`; as a variable \`true\` or \`false\`, also yes, on, 1, and no, off, 0 |

What happens when a limit is reached is in [limits.md](../limits.md).
`;

/** docs/reference/settings.md: every setting of every command, from the declarations that \`--help\` prints. */
export const settingsPage: GeneratedPage = {
  path: "docs/reference/settings.md",
  text() {
    const note = generatedNote("the declarations of the settings");
    return `# Settings\n\n${note}\n${intro}\n${commands.map(sectionOf).join("\n")}`;
  },
};

function sectionOf({ name, about, settings }: Command): string {
  const rows = Object.entries(settings).map(([key, setting]) => {
    const { usage, variables, help, hint, default: value, isRequired } = settingFacts(key, setting);
    const isWordList = hint?.startsWith("one of ") ?? false;
    return [
      `\`${usage}\``,
      variables.map((each) => `\`${each}\``).join(", "),
      value === undefined ? (isRequired ? "required" : "-") : `\`${value}\``,
      isWordList ? `${help}: ${hint}` : help,
    ];
  });
  return `## ${name}\n\n${about}\n\n${markdownTable(["flag", "variable", "default", "what for"], rows)}`;
}
