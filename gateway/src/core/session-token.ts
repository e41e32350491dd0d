/** What a session token says. */
export interface TokenParts {
  readonly id: string;
  readonly incarnation: string;
}

/** Makes what must not be guessed, and signs what must not be made up. */
export interface Secrets {
  /** Characters of base64url without a pattern: 6 bits each. */
  random(length: number): string;
  /** A signature of a text, in base64url. */
  sign(text: string): string;
  /** Whether two texts are equal, in a time that tells nothing. */
  equal(left: string, right: string): boolean;
}

/** 132 bits: nobody guesses one. */
const idLength = 22;
/** 36 bits: enough to tell the lives of one session apart. */
const incarnationLength = 6;

const sessionIdForm = new RegExp(`^[\\w-]{${idLength}}$`);

/** Makes and reads session tokens: `<sessionId>.<incarnation>.<signature>`. */
export class SessionTokens {
  readonly #secrets: Secrets;

  constructor(secrets: Secrets) {
    this.#secrets = secrets;
  }

  newId(): string {
    return this.#secrets.random(idLength);
  }

  /** An id of a caller without a session. It does not look like that of a session, so that nobody is expected to come for it. */
  newCallId(): string {
    return `call.${this.newId()}`;
  }

  /** Whether there may be a token for an id. */
  isSessionId(id: string): boolean {
    return sessionIdForm.test(id);
  }

  newIncarnation(): string {
    return this.#secrets.random(incarnationLength);
  }

  /** The token of a session. */
  write({ id, incarnation }: TokenParts): string {
    const text = `${id}.${incarnation}`;
    return `${text}.${this.#secrets.sign(text)}`;
  }

  /** Undefined: it was not made here. */
  read(token: string): TokenParts | undefined {
    const [, id, incarnation, signature] = /^([\w-]{22})\.([\w-]{6})\.([\w-]+)$/.exec(token) ?? [];
    if (id === undefined || incarnation === undefined || signature === undefined) return undefined;
    return this.#secrets.equal(signature, this.#secrets.sign(`${id}.${incarnation}`)) ? { id, incarnation } : undefined;
  }
}
