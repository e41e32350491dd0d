import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Application, SchemaFolder, schemaFolder } from "@exosphere/application";
import { SettingsError } from "@exosphere/settings";
import { loadSchemaMistakes } from "./schema-mistakes.ts";

/**
 * Says what is wrong with the schemas in these folders by the rules of JSON Schema itself, each with its file and place. Files that are
 * not JSON are among it.
 */
export async function schemaFileMistakes(folders: readonly string[]): Promise<string[]> {
  const mistakesOf = await loadSchemaMistakes();
  return folders.flatMap((folder) => {
    try {
      return new SchemaFolder(folder)
        .others(new Set())
        .flatMap(({ file }) =>
          mistakesOf(JSON.parse(readFileSync(file, "utf8"))).map((mistake) => `${file}: ${mistake}`),
        );
    } catch (error) {
      if (error instanceof SettingsError) return [...error.mistakes];
      throw error;
    }
  });
}

/** Where the schemas of an application are: beside application.yml, and in the folders of its services. */
export function schemaFoldersOf({ root, services }: Application): string[] {
  const folders = services.flatMap(({ directory }) => directory ?? []);
  return [...new Set([root, ...folders])].map((folder) => join(folder, schemaFolder));
}
