/**
 * How many characters an expression looks at while it searches a whole text, by the rules of a matcher that backtracks.
 * Counting shows what no clock can: whether twice the text is twice the work.
 */
export function stepsOf(expression: RegExp, text: string): number {
  const { source, flags } = expression;
  const matcher = new Matcher(text, flags, new Parser(source, flags).all());
  for (let index = 0; index < text.length;) {
    const end = matcher.matchAt(index);
    if (flags.includes("y")) break;
    index = end === undefined ? index + 1 : Math.max(end, index + 1);
  }
  return matcher.steps;
}

type Node =
  | { readonly is: "one"; readonly holds: (character: string) => boolean }
  | { readonly is: "all"; readonly nodes: readonly Node[] }
  | { readonly is: "either"; readonly nodes: readonly Node[] }
  | { readonly is: "group"; readonly node: Node; readonly number: number }
  | { readonly is: "look"; readonly node: Node; readonly back: boolean; readonly not: boolean }
  | {
      readonly is: "times";
      readonly node: Node;
      readonly least: number;
      readonly most: number;
      readonly lazy: boolean;
    }
  | { readonly is: "same"; readonly number: number }
  | { readonly is: "edge"; readonly of: string };

class Parser {
  readonly #source: string;
  readonly #flags: string;
  #at = 0;
  #groups = 0;

  constructor(source: string, flags: string) {
    this.#source = source;
    this.#flags = flags.replaceAll(/[gyd]/g, "");
  }

  all(): Node {
    const node = this.#either();
    if (this.#at < this.#source.length)
      throw new SyntaxError(`Cannot read ${this.#source} at ${this.#at}`);
    return node;
  }

  #either(): Node {
    const nodes = [this.#sequence()];
    while (this.#take("|")) nodes.push(this.#sequence());
    return nodes.length === 1 ? nodes[0]! : { is: "either", nodes };
  }

  #sequence(): Node {
    const nodes: Node[] = [];
    while (this.#at < this.#source.length && !"|)".includes(this.#source[this.#at]!)) {
      nodes.push(this.#repeated(this.#atom()));
    }
    return { is: "all", nodes };
  }

  #repeated(node: Node): Node {
    const found = /^(?:([*+?])|\{(\d+)(,?)(\d*)\})(\??)/.exec(this.#source.slice(this.#at));
    if (found === null) return node;
    this.#at += found[0].length;
    const [, sign, from, comma, to, lazy] = found;
    const least = sign === undefined ? Number(from) : sign === "+" ? 1 : 0;
    const end = comma === "" ? least : to === "" ? Infinity : Number(to);
    const most = sign === undefined ? end : sign === "?" ? 1 : Infinity;
    return { is: "times", node, least, most, lazy: lazy === "?" };
  }

  #atom(): Node {
    const rest = this.#source.slice(this.#at);
    const open = /^\((?:\?(<?)([=!])|\?:|\?<\w+>)?/.exec(rest);
    if (open !== null) {
      this.#at += open[0].length;
      const number = open[0] === "(" || open[0].endsWith(">") ? (this.#groups += 1) : 0;
      const node = this.#either();
      this.#at += 1;
      const [, back, look] = open;
      if (look !== undefined) return { is: "look", node, back: back === "<", not: look === "!" };
      return { is: "group", node, number };
    }
    const edge = /^(?:\^|\$|\\[bB])/.exec(rest);
    if (edge !== null) {
      this.#at += edge[0].length;
      return { is: "edge", of: edge[0] };
    }
    const same = /^\\([1-9])/.exec(rest);
    if (same !== null) {
      this.#at += 2;
      return { is: "same", number: Number(same[1]) };
    }
    const one =
      /^(?:\[(?:[^\]\\]|\\.)*\]|\\(?:u\{[\da-fA-F]+\}|u[\da-fA-F]{4}|x[\da-fA-F]{2}|p\{\w+\}|[\s\S])|[\s\S])/u.exec(
        rest,
      )!;
    this.#at += one[0].length;
    const expression = new RegExp(`^(?:${one[0]})$`, this.#flags);
    const known = new Map<string, boolean>();
    return {
      is: "one",
      holds: (character) => {
        if (!known.has(character)) known.set(character, expression.test(character));
        return known.get(character)!;
      },
    };
  }

  #take(character: string): boolean {
    if (this.#source[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }
}

type Then = (at: number) => number | undefined;

/** Longer than what any expression looks back at. */
const FURTHEST_BACK = 64;

class Matcher {
  steps = 0;
  readonly #text: string;
  readonly #flags: string;
  readonly #node: Node;
  readonly #groups: string[] = [];

  constructor(text: string, flags: string, node: Node) {
    this.#text = text;
    this.#flags = flags;
    this.#node = node;
  }

  matchAt(index: number): number | undefined {
    return this.#match(this.#node, index, (end) => end);
  }

  #match(node: Node, at: number, then: Then): number | undefined {
    this.steps += 1;
    switch (node.is) {
      case "one":
        return at < this.#text.length && node.holds(this.#text[at]!) ? then(at + 1) : undefined;
      case "all":
        return this.#each(node.nodes, 0, at, then);
      case "either":
        for (const each of node.nodes) {
          const end = this.#match(each, at, then);
          if (end !== undefined) return end;
        }
        return undefined;
      case "group":
        return this.#match(node.node, at, (end) => {
          this.#groups[node.number] = this.#text.slice(at, end);
          return then(end);
        });
      case "times":
        return this.#times(node, at, 0, then);
      case "same": {
        const said = this.#groups[node.number] ?? "";
        return this.#text.startsWith(said, at) ? then(at + said.length) : undefined;
      }
      case "look":
        return this.#looks(node, at) === node.not ? undefined : then(at);
      case "edge":
        return this.#isEdge(node.of, at) ? then(at) : undefined;
    }
  }

  #each(nodes: readonly Node[], index: number, at: number, then: Then): number | undefined {
    const node = nodes[index];
    return node === undefined
      ? then(at)
      : this.#match(node, at, (end) => this.#each(nodes, index + 1, end, then));
  }

  #times(
    node: Extract<Node, { is: "times" }>,
    at: number,
    done: number,
    then: Then,
  ): number | undefined {
    const again = () =>
      done >= node.most
        ? undefined
        : this.#match(node.node, at, (end) =>
            end === at ? undefined : this.#times(node, end, done + 1, then),
          );
    if (done < node.least) return again();
    return node.lazy ? (then(at) ?? again()) : (again() ?? then(at));
  }

  #looks(node: Extract<Node, { is: "look" }>, at: number): boolean {
    if (!node.back) return this.#match(node.node, at, (end) => end) !== undefined;
    for (let from = at; from >= Math.max(0, at - FURTHEST_BACK); from -= 1) {
      if (this.#match(node.node, from, (end) => (end === at ? end : undefined)) !== undefined)
        return true;
    }
    return false;
  }

  #isEdge(of: string, at: number): boolean {
    if (of === "^") return at === 0;
    if (of === "$") return at === this.#text.length;
    const isWord = (index: number) => /\w/.test(this.#text[index] ?? " ");
    return (isWord(at - 1) !== isWord(at)) === (of === String.raw`\b`) || this.#flags.includes("m");
  }
}
