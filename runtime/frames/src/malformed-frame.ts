import type { AttachRequest } from "@exosphere/proto";
import { emptyRequest } from "./attach-frames.ts";

/** Stands for a frame with more parts than anybody takes. */
export const overfullFrame: AttachRequest = emptyRequest();

/** Stands for bytes that are no frame of the contract. */
export const malformedFrame: AttachRequest = emptyRequest();
