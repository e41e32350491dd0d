import assert from "node:assert/strict";
import fc from "fast-check";
import { parse } from "yaml";
import { ChartValues } from "./chart-values.ts";
import type { Plain } from "./resolve.ts";
import { text, when } from "./tree.ts";
import { writeTemplate, writeYaml } from "./write-yaml.ts";

const values = new ChartValues();
const count = values.number("web/replicas", 2, "how many");
const host = values.text("web app/host", "a.example", "where");
const labels = values.block("labels", {}, "labels", {});

describe("YAML that is written", () => {
  it("reads as what it was, in both versions of YAML, whatever it was", () => {
    const keys = fc.string({ minLength: 1 }).filter((key) => key !== "__proto__" && key !== "node" && key !== "<<");
    const { tree } = fc.letrec<{ tree: Plain }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        fc.string({ unit: "grapheme" }),
        fc.constantFrom(
          "yes",
          "1e3",
          "0x10",
          "null",
          "~",
          "a: b",
          "- a",
          "x\ny",
          "x\n\n",
          " x\ny",
          "#",
          "1:30",
          "-",
          "--a=b",
        ),
        fc.integer(),
        fc.boolean(),
        fc.array(tie("tree"), { maxLength: 4 }),
        fc.dictionary(keys, tie("tree"), { maxKeys: 4, noNullPrototype: true }),
      ),
    }));
    fc.assert(
      fc.property(fc.dictionary(keys, tree, { minKeys: 1, maxKeys: 4, noNullPrototype: true }), (object) => {
        const written = writeYaml(object);
        assert.deepEqual(parse(written, { version: "1.2" }), object, written);
        assert.deepEqual(parse(written, { version: "1.1" }), object, written);
      }),
    );
  });

  it("is easy to read where it can be", () => {
    const object = {
      name: "web",
      args: ["--port=4100", "a b"],
      data: { "a.json": "{\n}\n" },
      none: {},
      few: [{ a: 1, b: [] }],
    };
    assert.equal(
      writeYaml(object),
      'name: web\nargs:\n  - --port=4100\n  - "a b"\ndata:\n  a.json: |\n    {\n    }\nnone: {}\nfew:\n  - a: 1\n    b: []\n',
    );
  });
});

describe("a template of a chart", () => {
  it("has values where the tree has them", () => {
    assert.equal(
      writeTemplate({
        replicas: count,
        host,
        url: text`https://${host}:${count}/%`,
        labels,
        list: [labels, "x"],
        host2: when(host, { a: host }),
      }),
      [
        "replicas: {{ (int64 .Values.web.replicas) }}",
        'host: {{ (index .Values "web app" "host") | quote }}',
        'url: {{ printf "https://%v:%v/%%" (index .Values "web app" "host") (int64 .Values.web.replicas) | quote }}',
        "{{- with .Values.labels }}",
        "labels:",
        "{{- toYaml . | nindent 2 }}",
        "{{- end }}",
        "list:",
        "{{- with .Values.labels }}",
        "{{- toYaml . | nindent 2 }}",
        "{{- end }}",
        "  - x",
        '{{- if (index .Values "web app" "host") }}',
        "host2:",
        '  a: {{ (index .Values "web app" "host") | quote }}',
        "{{- end }}",
        "",
      ].join("\n"),
    );
  });

  it("keeps braces of texts from being taken for templates", () => {
    assert.equal(writeTemplate({ a: "{{ b }}" }), 'a: "{{ `{{` }} b }}"\n');
  });

  it("refuses an item whose first key may be left out", () => {
    assert.throws(() => writeTemplate({ a: [{ labels, b: 1 }] }), /must not be conditional/);
  });
});
