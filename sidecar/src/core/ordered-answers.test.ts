import assert from "node:assert/strict";
import fc from "fast-check";
import { OrderedAnswers } from "./ordered-answers.ts";

describe("answers in order", () => {
  it("are told as soon as all before them are", () => {
    const told: string[] = [];
    const answers = new OrderedAnswers((text) => told.push(text));
    const [first, second, third] = [answers.ask(), answers.ask(), answers.ask()];
    answers.answer(second, "b");
    assert.deepEqual([told, answers.open], [[], 3]);
    answers.answer(first, "a");
    assert.deepEqual([told, answers.open], [["ab"], 1]);
    answers.answer(third, "c");
    assert.deepEqual([told, answers.open], [["ab", "c"], 0]);
    answers.answer(answers.ask(), "d");
    assert.deepEqual(told, ["ab", "c", "d"]);
  });

  it("come in the order of the questions, whatever order they are known in", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 3000 }), (keys) => {
        let told = "";
        const answers = new OrderedAnswers((text) => {
          told += text;
        });
        const questions = keys.map(() => answers.ask());
        const order = questions.toSorted((a, b) => (keys[a] as number) - (keys[b] as number));
        for (const question of order) answers.answer(question, `${question},`);
        assert.equal(told, questions.map((question) => `${question},`).join(""));
        assert.equal(answers.open, 0);
      }),
      { numRuns: 50 },
    );
  });
});
