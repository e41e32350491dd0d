import assert from "node:assert/strict";
import { newAttachRequest, newAttachResponse, newMove } from "@exosphere/proto";
import { attachMethod } from "./attach-method.ts";
import { servedAttachMethod } from "./served-attach-method.ts";
import { countedForClient, countedForServer, Traffic } from "./traffic.ts";

describe("the traffic of attach streams", () => {
  it("is counted alike at both ends, in frames and bytes", () => {
    const [asker, server] = [new Traffic(), new Traffic()];
    const near = countedForClient(attachMethod, asker);
    const far = countedForServer(servedAttachMethod, server);
    const request = newAttachRequest({ done: [1, 2, 300] });
    const response = newAttachResponse({ move: newMove({ address: "elsewhere:4100", withinMs: 9 }) });
    let bytesOut = 0;
    for (let frame = 0; frame < 3; frame += 1) {
      const bytes = near.requestSerialize(request);
      bytesOut += bytes.length;
      assert.deepEqual(far.requestDeserialize(bytes), request);
    }
    assert.deepEqual(near.responseDeserialize(far.responseSerialize(response)), response);
    const { length: bytesIn } = attachMethod.responseSerialize(response);
    assert.deepEqual({ ...asker }, { framesIn: 1, bytesIn, framesOut: 3, bytesOut });
    assert.deepEqual({ ...server }, { framesIn: 3, bytesIn: bytesOut, framesOut: 1, bytesOut: bytesIn });
  });

  it("counts what came though it was no frame", () => {
    const traffic = new Traffic();
    countedForServer(servedAttachMethod, traffic).requestDeserialize(Buffer.from("ff", "hex"));
    assert.deepEqual([traffic.framesIn, traffic.bytesIn], [1, 1]);
  });
});
