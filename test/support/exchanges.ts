/**
 * What a fake provider answers and what it was asked, without a transport: msw renders the answers for HTTP/1.1 clients,
 * `bedrock-server.ts` for the HTTP/2 one.
 */

/** One request as the provider saw it. */
export interface ReceivedRequest {
  readonly provider: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** The client closed the connection before the answer was complete. */
  aborted: boolean;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly frames: readonly Uint8Array[];
  /** Nothing is sent from this frame on until `until` is resolved; at 0 the response headers wait too. */
  readonly pause?: {
    readonly at: number;
    readonly until: Promise<void>;
    readonly reached: () => void;
  };
  /** The connection is cut after this number of frames. */
  readonly dropAfter?: number;
}

/** Changes the answer that the sample would give. */
type Plan = (normal: () => Answer) => Answer;

/** A pause in an answer. */
export interface Hang {
  /** Resolved when an answer has come to the pause: everything before it is sent, which is not yet read. */
  readonly reached: Promise<void>;
  readonly release: () => void;
}

export class Exchanges {
  readonly requests: ReceivedRequest[] = [];
  readonly #plans = new Map<string, { plan: Plan; left: number }[]>();
  readonly #open = new Set<() => void>();

  /** Records a request and decides on its answer: the next plan for the provider, else the sample. */
  answer(request: ReceivedRequest, normal: () => Answer): Answer {
    this.requests.push(request);
    const plans = this.#plans.get(request.provider) ?? [];
    const next = plans[0];
    if (next === undefined) return normal();
    next.left -= 1;
    if (next.left <= 0) plans.shift();
    return next.plan(normal);
  }

  plan(provider: string, times: number, plan: Plan): void {
    this.#plans.set(provider, [...(this.#plans.get(provider) ?? []), { plan, left: times }]);
  }

  /** The next answer is cut off after `after` frames. */
  drop(provider: string, after: number): void {
    this.plan(provider, 1, (normal) => ({ ...normal(), dropAfter: after }));
  }

  /** The next `times` answers wait before frame `at` until released; `clear` releases too. */
  hang(provider: string, at: number, times: number): Hang {
    const gate = deferred();
    const arrival = deferred();
    this.#open.add(gate.resolve);
    this.plan(provider, times, (normal) => ({
      ...normal(),
      pause: { at, until: gate.promise, reached: arrival.resolve },
    }));
    return { reached: arrival.promise, release: gate.resolve };
  }

  /** Forgets plans and requests and lets go of everything that hangs. */
  clear(): void {
    for (const release of this.#open) release();
    this.#open.clear();
    this.#plans.clear();
    this.requests.length = 0;
  }
}

// --- internal ---

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: (() => void) | undefined;
  const promise = new Promise<void>((settle) => (resolve = settle));
  return { promise, resolve: () => resolve?.() };
}
