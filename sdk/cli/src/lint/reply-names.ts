/** What parts the command of a message from what is before it. */
const separator = /^(.*(?:\.|: |\/))?([^./]+)$/;

/**
 * The names that a reply to a message has by convention: `users.created` and `users.not-created` for `users.create`. Verbs that are
 * irregular have none.
 */
export function replyNames(request: string): string[] {
  const [, prefix = "", command = ""] = separator.exec(request) ?? [];
  const [verb = "", ...rest] = command.split("-");
  if (!/^[a-z]{2,}$/.test(verb)) return [];
  const tail = rest.map((word) => `-${word}`).join("");
  return [...new Set(pastForms(verb))].flatMap((past) => [`${prefix}${past}${tail}`, `${prefix}not-${past}${tail}`]);
}

function pastForms(verb: string): string[] {
  const last = verb.at(-1) ?? "";
  if (last === "e") return [`${verb}d`];
  const regular = [`${verb}ed`, `${verb}${last}ed`, ...(irregular[verb] ?? [])];
  return last === "y" ? [...regular, `${verb.slice(0, -1)}ied`] : regular;
}

/** Those that commands are often made of. */
const irregular: Readonly<Record<string, readonly string[]>> = {
  find: ["found"],
  get: ["got"],
  send: ["sent"],
  read: ["read"],
  write: ["written"],
  put: ["put"],
  run: ["ran", "run"],
  pay: ["paid"],
  buy: ["bought"],
};
