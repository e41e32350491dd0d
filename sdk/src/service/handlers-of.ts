import { HandlerTable } from "./handler-table.ts";

/**
 * The handlers of a service, by the names of their messages: members of an object, methods of an instance of a class (those that it
 * inherits included), or entries of a Map. Throws a TypeError if one is not a function, if there are none where an object of a class
 * was given, or if a limit of `concurrencyOf` is for a message without a handler.
 */
export function handlersOf(handlers: object, concurrencyOf: object): HandlerTable {
  const table = new HandlerTable();
  const limits = new Map(Object.entries(concurrencyOf));
  for (const [name, handler] of entriesOf(handlers)) table.add(name, handler, limits.get(name));
  if (table.names.length === 0 && !isPlain(handlers)) throw new TypeError(noHandlers(handlers));
  for (const name of limits.keys())
    if (!table.get(name))
      throw new TypeError(`'concurrencyOf' limits '${name}', but there is no handler for '${name}'.`);
  return table;
}

function entriesOf(handlers: object): Iterable<readonly [string, unknown]> {
  // Of another realm as well, as Jest and node:vm have them.
  if (Object.prototype.toString.call(handlers) === "[object Map]") return handlers as Map<string, unknown>;
  return isPlain(handlers) ? Object.entries(handlers) : methodsOf(handlers);
}

/** Made by `{}`, by `Object.create(null)`, or a module that was imported as a whole. */
function isPlain(value: object): boolean {
  const prototype: object | null = Object.getPrototypeOf(value);
  return prototype === null || isRoot(prototype);
}

/** `Object.prototype`, of this or another realm. */
function isRoot(value: object): boolean {
  return Object.getPrototypeOf(value) === null;
}

/** The methods of an instance of a class, each with its `this`. Other members are the state of the instance, not handlers. */
function methodsOf(instance: object): Map<string, unknown> {
  const methods = new Map<string, unknown>();
  for (let owner: object | null = instance; owner && !isRoot(owner); owner = Object.getPrototypeOf(owner)) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(owner)))
      if (typeof value === "function" && name !== "constructor" && !methods.has(name))
        methods.set(name, value.bind(instance));
  }
  return methods;
}

function noHandlers(handlers: object): string {
  const { name = "a class" } = (handlers.constructor ?? {}) as { readonly name?: string };
  return `The handlers of a service are an object of ${name}, which has no methods. Give an object, { "message name": (message, context) => … }, or an instance of a class whose methods have the names of messages.`;
}
