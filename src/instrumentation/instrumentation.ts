import { diag, type MeterProvider, type TracerProvider } from "@opentelemetry/api";

import { RunTracer } from "../langchain/run-tracer.ts";
import { badOption, type HandlerOptions, resolveOptions } from "../options.ts";
import { VERSION } from "../version.ts";
import { attachments } from "./attachments.ts";
import { findCoreCopies } from "./core-copies.ts";
import { isKnownModule, patchModule } from "./core-modules.ts";
import { watchLateModules } from "./late-modules.ts";
import { loadCore } from "./load-core.ts";

/** The options, with `enabled` always said, as `registerInstrumentations` reads it. */
export type LangChainInstrumentationConfig = HandlerOptions & { readonly enabled: boolean };

/**
 * Traces every model call of the process without touching its code. It has the shape of OpenTelemetry's
 * `Instrumentation` and no dependency on its package, whose two lines exclude each other's API versions.
 *
 * Works when it is made before or after LangChain is imported, in ESM and CommonJS, with several copies of LangChain.
 * In a bundle, where no copy can be found, give it the modules: {@link LangChainInstrumentation.manuallyInstrument}.
 *
 * @example
 * registerInstrumentations({ instrumentations: [new LangChainInstrumentation()] });
 */
export class LangChainInstrumentation {
  readonly instrumentationName: string = "langchain-otel";
  readonly instrumentationVersion: string = VERSION;
  #config: LangChainInstrumentationConfig;
  #tracer: RunTracer;
  #attached = false;
  #ready: Promise<void> = Promise.resolve();
  readonly #given: unknown[] = [];
  readonly #preload: boolean;
  readonly #isWanted: (() => boolean) | undefined;

  /**
   * Attaches, unless `enabled` is false.
   *
   * @param preload for `langchain-otel/register`: nothing of the application has begun to load
   * @param isWanted for `captureTrace`: asked at every call whether its spans are made @default always
   * @throws TypeError for an unknown option or a wrong value
   */
  constructor(
    config: HandlerOptions = {},
    {
      preload = false,
      isWanted,
    }: { readonly preload?: boolean; readonly isWanted?: () => boolean } = {},
  ) {
    this.#preload = preload;
    this.#isWanted = isWanted;
    this.#config = { ...config, enabled: resolveOptions(config).enabled };
    this.#tracer = this.#newTracer();
    if (this.#config.enabled) this.enable();
  }

  /**
   * Settles when all that was found of LangChain is attached to; never rejects. On Node >= 22.18 and >= 24.4
   * that is at once. On older ones ES modules can only be attached to asynchronously: await it before the first call.
   */
  get ready(): Promise<void> {
    return this.#ready;
  }

  getConfig(): LangChainInstrumentationConfig {
    return this.#config;
  }

  /** Takes other options. Runs that are open keep theirs. @throws TypeError as the constructor does */
  setConfig(config: HandlerOptions = {}): void {
    const next = { ...config, enabled: config.enabled ?? this.#config.enabled };
    resolveOptions(next);
    this.#config = next;
    const attached = this.#attached;
    if (attached) attachments().detach(this.#tracer);
    this.#attached = false;
    this.#tracer = this.#newTracer();
    if (attached) this.enable();
  }

  setTracerProvider(provider: TracerProvider): void {
    this.#tracer.source.setTracerProvider(provider);
  }

  setLoggerProvider(provider: object): void {
    this.#tracer.logs.setLoggerProvider(provider);
  }

  setMeterProvider(provider: MeterProvider): void {
    this.#tracer.source.setMeterProvider(provider);
  }

  /** Attaches; a second time is no more than the first. */
  enable(): void {
    // Switched off by the environment: there is nothing to attach for.
    if (this.#attached || !this.#tracer.active) return;
    this.#attached = true;
    this.#config = { ...this.#config, enabled: true };
    attachments().attach(this.#tracer, this.#isWanted);
    for (const module of this.#given) patchModule(module);
    const pending = this.#tracer.guard.run("watching for modules to come", () =>
      watchLateModules(this.#preload),
    );
    this.#ready = this.#attachToCopies(pending);
  }

  /** Detaches. When no other instrumentation is attached, all that was changed in LangChain is put back. */
  disable(): void {
    if (!this.#attached) return;
    this.#attached = false;
    this.#config = { ...this.#config, enabled: false };
    attachments().detach(this.#tracer);
  }

  /**
   * Attaches to modules that are given, for bundles: namespaces of `@langchain/core/callbacks/manager` (which alone
   * gives the spans), `…/language_models/chat_models`, `…/language_models/llms`, `…/utils/async_caller`, `…/tools`,
   * `…/retrievers`, `…/runnables` (which make HTTP spans children of theirs), `…/vectorstores` and packages with
   * embeddings classes, such as `@langchain/openai` (which give the spans of embeddings), and with the clients or servers
   * of the MCP SDK, such as `@modelcontextprotocol/sdk/shared/protocol.js` or `@modelcontextprotocol/client`.
   *
   * @throws TypeError for anything else
   */
  manuallyInstrument(...modules: object[]): void {
    for (const module of modules) {
      if (!isKnownModule(module)) {
        throw badOption(
          "module",
          'the namespace of one of @langchain/core\'s modules, such as `import * as manager from "@langchain/core/callbacks/manager"`',
          module,
        );
      }
      this.#given.push(module);
      if (this.#attached) patchModule(module);
    }
  }

  #newTracer(): RunTracer {
    return new RunTracer({ ...this.#config, enabled: true });
  }

  async #attachToCopies(others: readonly Promise<void>[] = []): Promise<void> {
    try {
      const copies = findCoreCopies();
      if (copies.length === 0)
        diag.info(
          "langchain-otel: found no @langchain/core; in a bundle, use manuallyInstrument()",
        );
      const pending = copies.flatMap((folder) => loadCore(folder, this.#preload));
      await Promise.all([...pending, ...others]);
    } catch (fault) {
      diag.error(
        "langchain-otel: attaching to LangChain failed; model calls may not be traced",
        fault,
      );
    }
  }
}
