import type { AttachRequest } from "@exosphere/proto";
import { emptyRequest } from "./attach-frames.ts";

/** Stands for bytes that are no frame of the contract. */
export const malformedFrame: AttachRequest = emptyRequest();
