import { stringify } from "yaml";
import { resolve } from "./resolve.ts";
import type { Block, Scalar, Tree } from "./tree.ts";

/** A part of a JSON Schema. */
export type Schema = Readonly<Record<string, unknown>>;

/** What is said of a value. */
interface Declaration {
  readonly fallback: Tree;
  readonly help: string;
  readonly schema: Schema;
}

/** A map of texts, as Kubernetes has them in many places. */
export const texts: Schema = { type: "object", additionalProperties: { type: "string" } };

/** A list of maps whose form Kubernetes itself checks. */
export const objects: Schema = { type: "array", items: { type: "object" } };

/** An image with a version that does not change by itself. */
const image: Schema = {
  type: "string",
  pattern: "[^:/\\s](:[\\w][\\w.-]*|@sha256:[0-9a-f]{64})$",
  not: { pattern: ":latest$" },
};

/** The values of a chart: each is declared where it is used, with its default, what it is for, and its form. */
export class ChartValues {
  readonly #declared = new Map<string, Declaration & { readonly path: readonly string[] }>();

  text(path: string, fallback: string, help: string, schema: Schema = {}): Scalar {
    return this.#scalar(path, fallback, help, { type: "string", ...schema });
  }

  image(path: string, fallback: string, help: string): Scalar {
    return this.#scalar(path, fallback, help, image);
  }

  number(path: string, fallback: number, help: string, schema: Schema = {}): Scalar {
    return this.#scalar(path, fallback, help, { type: "integer", minimum: 0, ...schema });
  }

  flag(path: string, fallback: boolean, help: string): Scalar {
    return this.#scalar(path, fallback, help, { type: "boolean" });
  }

  block(path: string, fallback: Tree, help: string, schema: Schema): Block {
    return { node: "block", path: this.#declare(path, { fallback, help, schema }), fallback };
  }

  /** The namespace into which the chart is installed. Whoever installs chooses it, and it is not among the values. */
  namespace(fallback: string): Scalar {
    return { node: "scalar", path: [], fallback, builtIn: ".Release.Namespace" };
  }

  /** values.yaml, with what each value is for. */
  yaml(): string {
    return this.#written(this.#tree(), 0).join("\n");
  }

  /** values.schema.json: a value that is not declared is refused. */
  schema(): object {
    return { $schema: "https://json-schema.org/draft/2020-12/schema", ...this.#schemaOf(this.#tree()) };
  }

  #scalar(path: string, fallback: Scalar["fallback"], help: string, schema: Schema): Scalar {
    return { node: "scalar", path: this.#declare(path, { fallback, help, schema }), fallback };
  }

  /** A value may be used in several places. `roles/my role/replicas` is a path. */
  #declare(path: string, declaration: Declaration): readonly string[] {
    const before = this.#declared.get(path);
    if (before !== undefined && JSON.stringify(before.fallback) !== JSON.stringify(declaration.fallback))
      throw new Error(`${path} is declared with two defaults`);
    const keys = path.split("/");
    if (before === undefined) this.#declared.set(path, { ...declaration, path: keys });
    return keys;
  }

  /** The declarations as maps within maps. */
  #tree(): Branch {
    const root: Branch = new Map();
    for (const { path, ...declaration } of this.#declared.values()) {
      let at = root;
      for (const key of path.slice(0, -1)) {
        const next = at.get(key) ?? new Map();
        at.set(key, next);
        at = next as Branch;
      }
      at.set(path.at(-1) as string, declaration);
    }
    return root;
  }

  #written(branch: Branch, indent: number): string[] {
    const space = " ".repeat(indent);
    return [...branch].flatMap(([key, value]) => {
      if (value instanceof Map)
        return [`${space}${stringify({ [key]: 0 }).replace(/ 0\n$/, "")}`, ...this.#written(value, indent + 2)];
      const fallback = resolve(value.fallback) ?? (Array.isArray(value.fallback) ? [] : {});
      const lines = stringify({ [key]: fallback }, { lineWidth: 0 })
        .trimEnd()
        .split("\n");
      return [`${space}# ${value.help}`, ...lines.map((line) => `${space}${line}`)];
    });
  }

  #schemaOf(branch: Branch): object {
    const properties = [...branch].map(([key, value]) => [
      key,
      value instanceof Map ? this.#schemaOf(value) : { description: value.help, ...value.schema },
    ]);
    return { type: "object", additionalProperties: false, properties: Object.fromEntries(properties) };
  }
}

type Branch = Map<string, Declaration | Branch>;
