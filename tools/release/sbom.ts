import { npm } from "./npm.ts";
import type { Trial } from "./trial.ts";

/** What npm writes of a CycloneDX document, as far as it is changed here. */
interface Bom {
  readonly components: readonly Component[];
}

interface Component {
  readonly name: string;
  readonly externalReferences?: readonly { readonly type: string }[];
}

/**
 * The bill of materials of a release, CycloneDX as JSON: everything that an installation of all packages has, with versions, licences
 * and hashes. Without addresses to download from, as those are of the machine that made it: the package URL says what each is.
 *
 * @throws NpmError if npm cannot make it
 */
export async function billOfMaterials({ project, node }: Trial): Promise<string> {
  const text = await npm(["sbom", "--sbom-format=cyclonedx", "--sbom-type=framework"], { cwd: project, node });
  const bom = JSON.parse(text) as Bom;
  const components = bom.components.map(({ externalReferences = [], ...component }) => ({
    ...component,
    externalReferences: externalReferences.filter(({ type }) => type !== "distribution"),
  }));
  return `${JSON.stringify({ ...bom, components }, null, 2)}\n`;
}
