import { jsonForClient } from "@exosphere/message";
import type { ClientEndpoint } from "./client-edge.ts";
import { receiveMessage } from "./receive-message.ts";

const json = { "content-type": "application/json" };

/** `POST /v1/send/<name>`: 202 with the ids once the bus has accepted the message. */
export const sendEndpoint: ClientEndpoint = {
  method: "POST",
  path: "/v1/send/",
  route: "send",
  handle(exchange) {
    receiveMessage(exchange, false, (caller, draft, finish) => {
      exchange.desk.sends.send(caller, draft, (error, { id, activityId }) => {
        if (error) return finish({ failed: error });
        finish({ status: 202, headers: json, body: JSON.stringify({ id, activityId }) });
      });
    });
  },
};

/** `POST /v1/request/<name>`: 200 with the reply as a message. */
export const requestEndpoint: ClientEndpoint = {
  method: "POST",
  path: "/v1/request/",
  route: "request",
  handle(exchange) {
    const { response, desk } = exchange;
    receiveMessage(exchange, true, (caller, draft, finish) => {
      const open = desk.sends.request(caller, draft, (error, reply) => {
        if (reply) finish({ status: 200, headers: json, body: jsonForClient(reply) });
        else finish({ failed: error });
      });
      // A caller that hung up needs no reply, unless it may come back with its key.
      const isKept = exchange.header("idempotency-key") !== undefined;
      if (isKept) return;
      // It may have done so while its body was decompressed.
      if (response.destroyed) open.giveUp();
      else response.once("close", () => response.writableFinished || open.giveUp());
    });
  },
};
