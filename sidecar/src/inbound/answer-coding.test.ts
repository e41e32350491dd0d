import assert from "node:assert/strict";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { decodeAnswer, isCoded } from "./answer-coding.ts";

function decode(body: Buffer, coding: string, maxBytes = 1000) {
  return new Promise<{ mistake: string | undefined; text: string }>((resolve) => {
    decodeAnswer(body, coding, maxBytes, (mistake, decoded) => resolve({ mistake, text: decoded.toString() }));
  });
}

describe("the coding of an app's answer", () => {
  it("is undone where it is gzip or br", async () => {
    assert.deepEqual(await decode(gzipSync("{}"), "gzip"), { mistake: undefined, text: "{}" });
    assert.deepEqual(await decode(brotliCompressSync("{}"), "br"), { mistake: undefined, text: "{}" });
  });

  it("is named where it cannot be undone", async () => {
    assert.match((await decode(Buffer.from("x"), "zstd")).mistake ?? "", /compressed by 'zstd'.*gzip and br/);
    assert.match((await decode(Buffer.from("x"), "gzip")).mistake ?? "", /not the gzip that its content-encoding says/);
  });

  it("decodes to no more than an answer may have", async () => {
    const { mistake } = await decode(gzipSync(Buffer.alloc(1_000_000)), "gzip");
    assert.equal(mistake, "The app's answer has more than 1000 bytes.");
  });

  it("may say that there is none", () => {
    assert.deepEqual(["", "identity", "gzip"].map(isCoded), [false, false, true]);
  });
});
