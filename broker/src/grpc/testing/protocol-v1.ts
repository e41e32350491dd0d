/**
 * What instances of version 1 of the attach protocol write, byte for byte, in hexadecimal, and what they are answered.
 * Written with that version's own attach.proto, by an encoder that is not ours. Never to be made anew: an instance of
 * version 1 that runs somewhere does not change either. To be deleted when version 1 is no longer served.
 */
export const writtenByV1 = {
  /** Role `web`, instance `w`, credit 4. */
  registerWeb: "0a12080112037765621a01772200280442027631",
  /** Role `users`, instance `u`, credit 1. */
  registerUsers: "0a140801120575736572731a01752200280142027631",
  /** Publish 1: name 1, activity `a`, 5 s, request 7, an envelope with id `m1` and payload `{"n":1}`. */
  ask: "30013a1908011201611888272007420d0a026d3122077b226e223a317d",
  /** Credit 2; delivery 1 is to be tried again after 5 ms, as its app was `busy`; request 9 is given up. */
  notTaken: "12020802220c0801100218052204627573792a0109",
  /** Delivery 2 is done. Publish 1: name 1, activity `a`, a reply to request 7 of instance 1. */
  answer: "1a010230013a1f08011201611888273001380742110a026d3212026d3122077b226e223a327d",
  /** Delivery 1 is done, and the instance leaves. */
  settleAndLeave: "1a01014a00",
  leave: "4a00",
} as const;

/** What they read. Checked with the same attach.proto. */
export const readByV1 = {
  /** Protocol version 1. The epoch follows. */
  attached: "0a3b08011224",
  /** Sends `ask` as number 1, which somebody receives; receives `answer` as number 2. */
  routesOfWeb: "12190801" + "12090801120361736b1801" + "1a0a08021206616e73776572",
  /** Sends `answer` as number 1, receives `ask` as number 2. */
  routesOfUsers: "12190801" + "120c08011206616e737765721801" + "1a070802120361736b",
  /** Publish 1 is confirmed. */
  confirmed: "1a0408011001",
  /** Delivery 1: name 2, activity `a`, 5 s, attempt 1, asked by instance 1 as request 7, at the first second of 2026. */
  asked: "28013223" + "080212016118882720012801300740" + "80f2d6ca06" + "620d0a026d3122077b226e223a317d",
  /** The end of the same at its second attempt. */
  askedAgain: "20022801300740" + "80f2d6ca06" + "620d0a026d3122077b226e223a317d",
  /** Delivery 1: name 2, activity `a`, 5 s, attempt 1, answers request 7, 100 ms after the one before. */
  answered:
    "28013233" +
    "080212016118882720013807" +
    "4080f2d6ca06" +
    "4880c2d72f" +
    "510000000084d79741" +
    "62110a026d3212026d3122077b226e223a327d",
} as const;
