import { styleText } from "node:util";

/** A conversation, written as it is spoken: who on the left, what on the right, lines broken between words. */
export class Transcript {
  readonly #out: NodeJS.WriteStream;
  readonly #width: number;
  #speaker: string | undefined;
  #column = 0;
  /** The beginning of a word whose end may still come. */
  #started = "";

  constructor(out: NodeJS.WriteStream) {
    this.#out = out;
    this.#width = Math.min(out.columns ?? WIDEST, WIDEST);
  }

  /** A piece of what somebody says. */
  add(speaker: string, text: string): void {
    if (text === "") return;
    if (speaker !== this.#speaker) this.#begin(speaker);
    const words = (this.#started + text).split(/\s+/);
    this.#started = words.pop() ?? "";
    for (const word of words) this.#write(word);
  }

  /** The one who speaks has finished. */
  end(): void {
    if (this.#speaker === undefined) return;
    this.#write(this.#started);
    this.#started = "";
    this.#speaker = undefined;
    this.#out.write("\n");
  }

  #begin(speaker: string): void {
    this.end();
    this.#speaker = speaker;
    this.#out.write(styleText("cyan", speaker.padEnd(MARGIN)));
    this.#column = MARGIN;
  }

  #write(word: string): void {
    if (word === "") return;
    if (this.#column > MARGIN && this.#column + 1 + word.length > this.#width) {
      this.#out.write(`\n${" ".repeat(MARGIN)}`);
      this.#column = MARGIN;
    }
    const gap = this.#column > MARGIN ? " " : "";
    this.#out.write(gap + word);
    this.#column += gap.length + word.length;
  }
}

// --- internal ---

const WIDEST = 100;
const MARGIN = 10;
