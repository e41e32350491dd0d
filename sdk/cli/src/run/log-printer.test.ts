import assert from "node:assert/strict";
import { LogPrinter, wantsColours } from "./log-printer.ts";

function printed(useColours: boolean, print: (printer: LogPrinter) => void): string {
  let text = "";
  const output = { write: (piece: string) => (text += piece) };
  print(new LogPrinter({ output, names: ["exocom", "users"], useColours }));
  return text;
}

describe("LogPrinter", () => {
  it("aligns names before lines", () => {
    const text = printed(false, (printer) => {
      printer.line("users", "online");
      printer.logLine("exocom", '{"level":"info","msg":"broker online"}');
      printer.note("stopping …");
      printer.plain("application ready");
    });
    assert.equal(text, "users  | online\nexocom | INFO broker online\nexo    | stopping …\napplication ready\n");
  });

  it("makes room for the longer name of a service that is added", () => {
    const text = printed(false, (printer) => {
      printer.line("users", "online");
      printer.line("payments", "online");
      printer.line("users", "goes on");
    });
    assert.equal(text, "users  | online\npayments | online\nusers    | goes on\n");
  });

  it("gives each name a colour and leaves the line as it is", () => {
    const text = printed(true, (printer) => printer.line("users", "online"));
    assert.equal(text, "\x1b[33musers  |\x1b[0m online\n");
  });

  it("lets an app colour its lines, and do nothing else to the terminal", () => {
    const line = "\x1b[32mok\x1b[0m\rexocom | forged\x1b[2K";
    const text = printed(false, (printer) => printer.line("users", line));
    assert.equal(text, "users  | \x1b[32mok\x1b[0m\\u000dexocom | forged\\u001b[2K\x1b[0m\n");
  });

  it("uses colours on terminals only, and not if NO_COLOR is set", () => {
    assert.equal(wantsColours({}, true), true);
    assert.equal(wantsColours({}, false), false);
    assert.equal(wantsColours({ NO_COLOR: "1" }, true), false);
    assert.equal(wantsColours({ TERM: "dumb" }, true), false);
  });
});
