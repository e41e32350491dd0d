/** 200 bytes of JSON, as in the figures that others publish. */
export const payload: Buffer = Buffer.from(JSON.stringify({ text: "x".repeat(189) }));
