import assert from "node:assert/strict";
import { withService } from "./add-to-application.ts";

describe("a service that is added to application.yml", () => {
  it("stands behind the others, and leaves comments and layout as they are", () => {
    const text = [
      "# Our shop.",
      "name: shop # not the other one",
      "",
      "services:",
      "  # What people open.",
      "  web: {location: ./web, environment: {COLOUR: 'blue'}}",
      "",
      "  users:",
      '    location: "./users" # moved in May',
      "",
      "# Who may do what.",
      "gateway:",
      "  role: web",
      "",
    ].join("\n");
    const expected = text.replace("# moved in May\n", "# moved in May\n  billing:\n    location: ./billing\n");
    assert.equal(withService(text, "billing", "./billing"), expected);
  });

  for (const services of ["services:\n", "services: {}\n", ""]) {
    it(`is the first one where there is ${JSON.stringify(services)}`, () => {
      assert.equal(
        withService(`name: shop\n${services}`, "billing", "./billing"),
        "name: shop\nservices:\n  billing:\n    location: ./billing\n",
      );
    });
  }

  it("is a private one where services are grouped as in 2016", () => {
    const text = "name: shop\nservices:\n  public:\n    web:\n      location: ./web\n";
    assert.equal(
      withService(text, "billing", "./billing"),
      `${text}  private:\n    billing:\n      location: ./billing\n`,
    );
  });

  it("is refused where there is one of its name, or the file is no application", () => {
    for (const text of [
      "services: {billing: {location: .}}",
      "services: [a]",
      "services: {",
      "services: {public: {billing: {}}}",
    ])
      assert.throws(() => withService(text, "billing", "./billing"), { name: "SettingsError" }, text);
  });
});
