import { join, normalize } from "node:path/posix";

/**
 * The README of a package as it is published: links to files of the repository lead to the repository, as most of them are not in the
 * package. `homepage`: the address of the repository. `workspace`: the folder of the package in it.
 */
export function publishedReadme(text: string, workspace: string, homepage: string): string {
  return text.replace(/\]\((?![a-z][a-z\d+.-]*:|#|\/)([^)\s#]+)(#[^)\s]*)?\)/gi, (_, path: string, anchor = "") => {
    return `](${homepage}/blob/main/${normalize(join(workspace, path))}${anchor})`;
  });
}
