/** A place in a text that holds what must not leave. */
export interface Match {
  readonly start: number;
  /** The first character after it. */
  readonly end: number;
  /** What it is, as its mark says: `email` becomes `[redacted:email]`. */
  readonly kind: string;
  /** The characters there are an encoded form of it and mean nothing to a reader. */
  readonly encoded?: boolean | undefined;
}

/**
 * Finds one sort of thing in a text. The work must grow with the length of the text and no faster, whatever the text:
 * an expression has bounded repetitions only, but for a run of one class of characters at its end.
 */
export interface Detector {
  readonly find: (text: string) => readonly Match[];
}

/** What a detector is made of that knows the beginning of a thing. */
export interface Pattern {
  readonly kind: string;
  /** With the flag `g`, and with bounded repetitions only. */
  readonly head: RegExp;
  /** With the flag `y`: the rest of it, which may be empty and never fails. */
  readonly tail: RegExp;
  /** The head says only where it is and stays. */
  readonly after?: boolean | undefined;
  /** Whether it is one indeed. */
  readonly holds?: ((found: string) => boolean) | undefined;
}

/** Each character is read by a tail at most once, so that no text makes it slow. */
export function byPattern({ kind, head, tail, after = false, holds }: Pattern): Detector {
  return {
    find: (text) => {
      const matches: Match[] = [];
      head.lastIndex = 0;
      for (let found = head.exec(text); found !== null; found = head.exec(text)) {
        const rest = found.index + found[0].length;
        tail.lastIndex = rest;
        const end = rest + (tail.exec(text)?.[0].length ?? 0);
        const start = after ? rest : found.index;
        if (end > start && (holds === undefined || holds(text.slice(start, end)))) {
          matches.push({ start, end, kind });
        }
        head.lastIndex = Math.max(end, found.index + 1);
      }
      return matches;
    },
  };
}

/** All that an expression finds, which has the flag `g` and bounded repetitions only. */
export function byExpression(
  kind: string,
  expression: RegExp,
  holds: (found: string, index: number, text: string) => boolean = () => true,
): Detector {
  return {
    find: (text) => {
      const matches: Match[] = [];
      expression.lastIndex = 0;
      for (let found = expression.exec(text); found !== null; found = expression.exec(text)) {
        const { 0: what, index } = found;
        if (holds(what, index, text))
          matches.push({ start: index, end: index + what.length, kind });
      }
      return matches;
    },
  };
}
