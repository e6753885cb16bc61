import { at } from "./problems.ts";

/** Something wrong at `offset` (UTF-16 units from the start) of a JSON text. */
export type Fault = { offset: number; message: string };

/**
 * What JSON.parse does not tell: where a text is not JSON, which keys stand twice in an object (the first few), and the source text of the
 * members of the outermost object.
 */
export type Scan = { fault?: Fault; duplicates: (Fault & { path: string })[]; members: Map<string, string> };

/** A value of the text: its place, as problems name it, and where it stands; a member of an object begins at its key. */
export type Place = { path: string; from: number; to: number };

type Frame = { keys: Set<string> | undefined; step: string | number; start: number };

const mostDuplicates = 20;
const scalar = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const escapes = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

class Stop extends Error {
  readonly fault: Fault;

  constructor(fault: Fault) {
    super(fault.message);
    this.fault = fault;
  }
}

/** Reads a JSON text without recursion, so that its depth is bounded by memory only. `visit` is told every value inside the outermost. Never throws. */
export function scanJson(text: string, visit?: (place: Place) => void): Scan {
  const scanner = new Scanner(text, visit);
  try {
    scanner.run();
    return { duplicates: scanner.duplicates, members: scanner.members };
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    return { fault: error.fault, duplicates: scanner.duplicates, members: scanner.members };
  }
}

class Scanner {
  readonly duplicates: Scan["duplicates"] = [];
  readonly members = new Map<string, string>();
  private readonly text: string;
  private readonly frames: Frame[] = [];
  private readonly visit: ((place: Place) => void) | undefined;
  private offset = 0;

  constructor(text: string, visit?: (place: Place) => void) {
    this.text = text;
    this.visit = visit;
  }

  run(): void {
    let memberStart = 0;
    do {
      this.skipSpace();
      if (this.frames.length === 1) memberStart = this.offset;
      if (this.opensContainer()) continue;
      this.endValues(memberStart);
    } while (this.frames.length > 0);
    this.skipSpace();
    if (this.offset < this.text.length) this.stop("the text should end here");
  }

  /** Consumes one value, or the opening of a container that has something in it (then true: its first value follows). */
  private opensContainer(): boolean {
    const char = this.text[this.offset];
    if (char === "{") return this.open({ keys: new Set(), step: "", start: 0 }, "}");
    if (char === "[") return this.open({ keys: undefined, step: 0, start: 0 }, "]");
    if (char === '"') this.readString();
    else this.readScalar();
    return false;
  }

  private open(frame: Frame, closer: string): boolean {
    this.offset += 1;
    this.skipSpace();
    if (this.text[this.offset] === closer) {
      this.offset += 1;
      return false;
    }
    this.frames.push(frame);
    frame.start = this.offset;
    if (frame.keys !== undefined) this.readKey(frame, frame.keys);
    return true;
  }

  /** After a value: closes what ends here, and moves to the next value if there is one. */
  private endValues(memberStart: number): void {
    for (let frame = this.frames.at(-1); frame !== undefined; frame = this.frames.at(-1)) {
      if (this.frames.length === 1 && typeof frame.step === "string") {
        this.members.set(frame.step, this.text.slice(memberStart, this.offset));
      }
      if (this.visit !== undefined) this.visit({ path: this.path(), from: frame.start, to: this.offset });
      this.skipSpace();
      const char = this.text[this.offset];
      const closer = frame.keys === undefined ? "]" : "}";
      if (char !== "," && char !== closer) this.stop(`expected "," or "${closer}"`);
      this.offset += 1;
      if (char === closer) {
        this.frames.pop();
        continue;
      }
      if (frame.keys !== undefined) this.readKey(frame, frame.keys);
      else if (typeof frame.step === "number") {
        frame.step += 1;
        this.skipSpace();
        frame.start = this.offset;
      }
      return;
    }
  }

  private readKey(frame: Frame, keys: Set<string>): void {
    this.skipSpace();
    const start = this.offset;
    if (this.text[start] !== '"') this.stop("expected a key in double quotes");
    const key: string = JSON.parse(this.readString());
    frame.step = key;
    frame.start = start;
    if (keys.has(key) && this.duplicates.length < mostDuplicates) {
      this.duplicates.push({
        path: this.path(),
        offset: start,
        message: `the key ${JSON.stringify(key)} stands twice`,
      });
    }
    keys.add(key);
    this.skipSpace();
    if (this.text[this.offset] !== ":") this.stop('expected ":" after the key');
    this.offset += 1;
  }

  private readString(): string {
    const start = this.offset;
    for (this.offset += 1; this.offset < this.text.length; this.offset += 1) {
      const char = this.text.charCodeAt(this.offset);
      if (char === 0x22) {
        this.offset += 1;
        return this.text.slice(start, this.offset);
      }
      if (char < 0x20) this.stop("a control character inside a string must be escaped");
      if (char !== 0x5c) continue;
      escapes.lastIndex = this.offset;
      if (!escapes.test(this.text)) this.stop('a backslash must start an escape such as \\n, \\" or \\u0041');
      this.offset = escapes.lastIndex - 1;
    }
    this.offset = start;
    return this.stop("a string that is never closed");
  }

  private readScalar(): void {
    scalar.lastIndex = this.offset;
    if (!scalar.test(this.text)) this.stop("expected a value");
    this.offset = scalar.lastIndex;
  }

  private skipSpace(): void {
    for (; this.offset < this.text.length; this.offset += 1) {
      const char = this.text.charCodeAt(this.offset);
      if (char !== 0x20 && char !== 0x0a && char !== 0x0d && char !== 0x09) return;
    }
  }

  private path(): string {
    return this.frames.reduce((outer, { step }) => at(outer, step), "");
  }

  private stop(message: string): never {
    const char = this.text[this.offset];
    const found = char === undefined ? "the text ends" : `found ${JSON.stringify(char)}`;
    throw new Stop({ offset: this.offset, message: `${message}, ${found}` });
  }
}
