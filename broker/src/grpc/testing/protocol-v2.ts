/** The secret of the broker that the bytes below are exchanged with: its handles are made of it. */
export const secretOfBroker: Uint8Array = new Uint8Array(32).fill(7);

/** Handles of instance `w` of role `web` and of instance `u` of role `users`, as numbers of 32 bits travel. */
const [web, users] = ["a4b5feba04", "89a3c5c504"];

/**
 * What instances of version 2 of the attach protocol write, byte for byte, in hexadecimal, and what they are answered.
 * Written with that version's own attach.proto, by an encoder that is not ours. Never to be made anew: an instance of
 * version 2 that runs somewhere does not change either. To be deleted when version 2 is no longer served.
 */
export const writtenByV2 = {
  /** Role `web`, instance `w`, credit 4. */
  registerWeb: "0a10080212037765621a0177280442027632",
  /** Role `users`, instance `u`, credit 1. */
  registerUsers: "0a120802120575736572731a0175280142027632",
  /** Publish 1: name 1, activity `a`, 5 s, request 7, an envelope with id `m1` and payload `{"n":1}`. */
  ask: "30013a1908011201611888272007420d0a026d3122077b226e223a317d",
  /** Credit 1; delivery 1 is to be tried again after 5 ms, as its app was `busy`; request 9 is given up. */
  notTaken: "12020801220c0801100218052204627573792a0109",
  /** Publish 1: name 2, activity `a`, 5 s, request 3, caused by delivery 2. */
  askBack: "30013a1508021201611888272003280242070a026d32220131",
  /** Publish 2: name 1, activity `b`, 5 s, request 8. */
  askMore: "30023a130801120162188827200842070a026d33220132",
  /** Delivery 1 is done. Publish 3: name 2, activity `a`, a reply to request 3 of `users`. */
  tell: `1a010130033a1d080212016118882730${users}3803420b0a026d3412026d32220133`,
  /** Deliveries 2, 3 and 4 are done. Publish 2: name 1, activity `a`, a reply to request 7 of `web`. */
  answer: `1a0302030430023a23080112016118882730${web}380742110a026d3512026d3122077b226e223a327d`,
  /** Delivery 2 is done, and the instance leaves. */
  settleAndLeave: "1a01024a00",
  leave: "4a00",
} as const;

/** What they read. Checked with the same attach.proto. */
export const readByV2 = {
  /** Protocol version 2. The epoch follows. */
  attached: "0a3f08021224",
  /** The handle, the largest payload of 1 MiB, the agent `exocom/test`. */
  webAttached: `28${web}308080403a0b65786f636f6d2f74657374`,
  usersAttached: `28${users}308080403a0b65786f636f6d2f74657374`,
  /** Sends `ask` and `tell` as numbers 1 and 2; receives `answer` and `who` as numbers 3 and 4. */
  routesOfWeb:
    "122e0801" +
    "120908011203" +
    "61736b1801" +
    "120a08021204" +
    "74656c6c1801" +
    "1a0a08031206" +
    "616e73776572" +
    "1a0708041203" +
    "77686f",
  /** Sends `answer` and `who` as numbers 1 and 2; receives `ask` and `tell` as numbers 3 and 4. */
  routesOfUsers:
    "122e0801" +
    "120c08011206" +
    "616e737765721801" +
    "120908021203" +
    "77686f1801" +
    "1a0708031203" +
    "61736b" +
    "1a0808041204" +
    "74656c6c",
  /** Publishes 1, 2 and 3 are confirmed. */
  confirmed: ["1a0408011001", "1a0408021002", "1a0408031003"],
  /** Delivery 1: name 3, activity `a`, 5 s, attempt 1, asked by `web` as request 7, at the first second of 2026. */
  asked: `280132270803120161188827200128${web}30074080f2d6ca06620d0a026d3122077b226e223a317d`,
  /** The end of the same at its second attempt. */
  askedAgain: `200228${web}30074080f2d6ca06620d0a026d3122077b226e223a317d`,
  /** Delivery 1: name 4, activity `a`, 5 s, attempt 1, asked by `users` as request 3, 100 ms after the one before. */
  askedBack: `2801322f0804120161188827200128${users}30034080f2d6ca064880c2d72f510000000084d7974162070a026d32220131`,
  /** Delivery 3, beyond the credit, as the only handler waits: name 3, activity `b`, asked by `web` as request 8. */
  askedMore: `280332260803120162188827200128${web}30084080f2d6ca064880c2d72f62070a026d33220132`,
  /** Delivery 4: name 4, activity `a`, answers request 3. */
  told: "2804322d0804120161188827200138034080f2d6ca064880c2d72f51000000000000f03f620b0a026d3412026d32220133",
  /** Delivery 2: name 3, activity `a`, answers request 7. */
  answered:
    "280232330803120161188827200138074080f2d6ca064880c2d72f51000000000000f03f62110a026d3512026d3122077b226e223a327d",
} as const;
