import assert from "node:assert/strict";
import type { Handler } from "./handlers.ts";
import { handlersOf } from "./handlers-of.ts";

/** What the handler of a name returns. */
const call = (handlers: object, name: string) =>
  (handlersOf(handlers, {}).get(name)?.handle as (() => unknown) | undefined)?.();

describe("The handlers of a service", () => {
  it("are the members of an object", () => {
    assert.deepEqual(handlersOf({ greet() {}, leave() {} }, {}).names, ["greet", "leave"]);
    assert.deepEqual(handlersOf(Object.assign(Object.create(null), { greet() {} }), {}).names, ["greet"]);
    assert.deepEqual(handlersOf({}, {}).names, []);
  });

  it("are the methods of an instance of a class, inherited ones included, with its this", () => {
    class Base {
      greeting = "hello";
      greet() {
        return this.greeting;
      }
      leave() {
        return "of the base";
      }
    }
    class Handlers extends Base {
      #farewell = "bye";
      own = () => "own";
      override leave() {
        return this.#farewell;
      }
    }
    const handlers = new Handlers();
    assert.deepEqual([...handlersOf(handlers, {}).names].sort(), ["greet", "leave", "own"]);
    assert.equal(call(handlers, "greet"), "hello");
    assert.equal(call(handlers, "leave"), "bye");
    assert.equal(call(handlers, "own"), "own");
  });

  it("are the entries of a Map", () => {
    const greet: Handler = () => undefined;
    assert.equal(handlersOf(new Map([["greet", greet]]), {}).get("greet")?.handle, greet);
  });

  it("are refused if a class or a Map has none, as nothing would ever be handled", () => {
    class Empty {
      state = 1;
    }
    assert.throws(() => handlersOf(new Empty(), {}), /an object of Empty, which has no methods\. Give an object/);
    assert.throws(() => handlersOf(new Map(), {}), { name: "TypeError", message: /an object of Map/ });
  });

  it("are refused if one is not a function, or a limit is for none of them", () => {
    assert.throws(() => handlersOf(new Map([["greet", 1]]), {}), /The handler of 'greet' must be a function/);
    assert.throws(() => handlersOf({ greet() {} }, { great: 1 }), /there is no handler for 'great'/);
  });
});
