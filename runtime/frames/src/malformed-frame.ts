import type { AttachRequest } from "@exosphere/proto";
import { newAttachRequest } from "@exosphere/proto";

/** Stands for a frame with more parts than anybody takes. */
export const overfullFrame: AttachRequest = newAttachRequest();

/** Stands for bytes that are no frame of the contract. */
export const malformedFrame: AttachRequest = newAttachRequest();
