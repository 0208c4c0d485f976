/** Where something stands in a trace. */
export interface Place {
  /** Unique over all traces. */
  readonly id: string;
  readonly parentId: string | undefined;
  readonly start: number;
  readonly name: string;
}

/** One of the items given, with those that have it as parent. */
export interface Nested<T> {
  readonly item: T;
  /** It names a parent that is not among the items. */
  readonly orphan: boolean;
  readonly children: Nested<T>[];
}

/**
 * Nests items under their parents; roots and siblings are in order of start, then of name.
 *
 * Takes whatever it is given: of items with the same id all are kept and the first one has the children, and a circle
 * of parents is cut open at its earliest member, which becomes an orphan root.
 */
export function nest<T>(items: readonly T[], placeOf: (item: T) => Place): Nested<T>[] {
  const nodes = items.map((item): Node<T> => ({
    item,
    place: placeOf(item),
    orphan: false,
    children: [],
  }));
  nodes.sort(byStartThenName);
  const byId = new Map<string, Node<T>>();
  for (const node of nodes) if (!byId.has(node.place.id)) byId.set(node.place.id, node);

  const roots: Node<T>[] = [];
  for (const node of nodes) {
    const parent = node.place.parentId === undefined ? undefined : byId.get(node.place.parentId);
    node.orphan = node.place.parentId !== undefined && parent === undefined;
    (parent?.children ?? roots).push(node);
  }

  const reached = new Set<Node<T>>();
  for (const root of roots) reach(root, reached);
  for (const node of nodes) {
    if (reached.has(node)) continue;
    const siblings = byId.get(node.place.parentId ?? "")?.children;
    siblings?.splice(siblings.indexOf(node), 1);
    node.orphan = true;
    roots.push(node);
    reach(node, reached);
  }
  return roots.sort(byStartThenName);
}

/** By code unit, so that the order is the same in every locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

// --- internal ---

interface Node<T> extends Nested<T> {
  readonly place: Place;
  orphan: boolean;
  readonly children: Node<T>[];
}

/** With a list of its own and not by recursion: a chain of spans can be longer than the call stack is deep. */
function reach<T>(root: Node<T>, reached: Set<Node<T>>): void {
  const next = [root];
  for (let node = next.pop(); node !== undefined; node = next.pop()) {
    if (reached.has(node)) continue;
    reached.add(node);
    for (const child of node.children) next.push(child);
  }
}

function byStartThenName<T>(a: Node<T>, b: Node<T>): number {
  return a.place.start - b.place.start || compareText(a.place.name, b.place.name);
}
