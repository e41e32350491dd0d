import { SettingsError } from "@exosphere/settings";
import { isMap, isScalar, parseDocument } from "yaml";

/**
 * Adds a service to the text of an application.yml; comments and layout stay.
 *
 * @throws SettingsError if there is one of this name, or the file has another form
 */
export function withService(text: string, name: string, location: string): string {
  const document = parseDocument(text, { keepSourceTokens: true });
  const services = document.get("services", true);
  const isNone = services === undefined || (isScalar(services) && services.value === null);
  if (document.errors.length > 0 || !(isNone || isMap(services)))
    throw new SettingsError(["application.yml cannot be read; 'exo lint' says what is wrong with it"]);
  const existing = isMap(services) ? services : undefined;
  // Grouped by protection level, in the form of 2016: a new service is a private one there.
  const group = existing?.items.every(({ key }) => ["public", "private", "worker"].includes(String(key)));
  const isGrouped = group === true && (existing?.items.length ?? 0) > 0;
  const path = isGrouped ? ["services", "private"] : ["services"];
  const lists = isGrouped ? (existing?.items.map(({ value }) => value) ?? []) : [existing];
  if (lists.some((list) => isMap(list) && list.has(name)))
    throw new SettingsError([`application.yml has a service '${name}' already; choose another name`]);
  // A map that was written in braces, empty or not, would keep them: a new one has a line for each service.
  if (existing === undefined || existing.items.length === 0) document.set("services", document.createNode({}));
  const target = document.getIn(path);
  if (isMap(target) && target.items.length === 0) target.flow = false;
  document.setIn([...path, name], document.createNode({ location }));
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}
