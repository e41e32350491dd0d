import { createHash } from "node:crypto";
import { attachMethod } from "@exosphere/frames";
import {
  AttachRequest,
  AttachResponse,
  type Delivery,
  emptyList,
  newPublish,
  newRegistration,
  type Publish,
  protocolVersion,
  type Registration,
} from "@exosphere/proto";

/** What an instance of one version of the protocol says, and how it reads what it is told. */
export interface Language {
  register(fields: Partial<Registration> & Pick<Registration, "instanceId">): Registration;
  /** A publish without what only the other version has. */
  publish(publish: Publish): Publish;
  /** Who waits for a reply to a delivery, as this version names it. */
  requesterOf(delivery: Delivery): number;
  /** Milliseconds in which a delivery is of use. */
  deadlineOf(delivery: Delivery): number;
  /** Whether an instance raises its window while its handlers wait. Otherwise the broker does it. */
  readonly ownsWindow: boolean;
  /** How frames travel. */
  readonly codec: {
    readonly encode: (frame: AttachRequest) => Buffer;
    readonly decode: (bytes: Buffer) => AttachResponse;
  };
}

/** The secret of an instance, by its id: the same whenever that attaches. */
export function keyOf(instanceId: string): Uint8Array {
  return createHash("sha256").update(instanceId).digest();
}

/** The present version, by the codec that links have. */
export const version3: Language = {
  register: (fields) => newRegistration({ protocolVersion, key: keyOf(fields.instanceId), ...fields }),
  publish: (publish) => newPublish({ ...publish, deadlineMs: 0, cause: 0, replyInstance: 0 }),
  requesterOf: ({ requester }) => requester,
  deadlineOf: ({ lifetimeMs }) => lifetimeMs,
  ownsWindow: true,
  codec: { encode: attachMethod.requestSerialize, decode: attachMethod.responseDeserialize },
};

/** The version of the release before, by a codec that is not ours. To be deleted when version 2 is no longer served. */
export const version2: Language = {
  register: (fields) => newRegistration({ protocolVersion: 2, ...fields }),
  publish: (publish) => newPublish({ ...publish, lifetimeMs: 0, awaiting: emptyList, requester: 0 }),
  requesterOf: ({ replyInstance }) => replyInstance,
  deadlineOf: ({ deadlineMs }) => deadlineMs,
  ownsWindow: false,
  codec: {
    encode: (frame) => Buffer.from(AttachRequest.encode(frame).finish()),
    decode: (bytes) => AttachResponse.decode(bytes),
  },
};
