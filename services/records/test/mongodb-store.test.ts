import { describeStore } from "../src/contract/store.contract.ts";
import { MongodbStore } from "../src/mongodb/mongodb-store.ts";
import { howToInstall, MongodbServer } from "./mongodb-server.fixture.ts";

describe("a server with MongoDB's protocol", function () {
  this.timeout(60_000);
  let server: MongodbServer;

  before("start it", async function () {
    if (!MongodbServer.isPresent) {
      console.log(`      skipped: ${howToInstall}`);
      this.skip();
    }
    server = await MongodbServer.start();
  });
  after(() => server?.stop());

  describeStore(
    "MongoDB",
    (options) => MongodbStore.open(`${server.url}/records`, options),
    () => server.isMongodb,
  );
});
