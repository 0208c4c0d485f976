import { diag } from "@opentelemetry/api";

import { nodeModule } from "./node-module.ts";
import type { Upload, UploadedContent, Uploader } from "./upload.ts";

/**
 * Hands content to the application's function, or writes it into a folder. Whatever goes wrong is reported once and is
 * nobody else's business.
 *
 * @param upload a function, or a folder as a `file:` URL
 * @throws TypeError for a folder where there is no Node
 */
export function uploader(upload: Upload | string | URL): Uploader {
  return typeof upload === "function" ? byFunction(upload) : intoFolder(new URL(upload));
}

// --- internal ---

/** Uploads under way at once; content that comes in beyond that is cut as if there were no upload. */
const MOST_AT_ONCE = 64;

function byFunction(upload: Upload): Uploader {
  const gate = new Gate();
  return (content) => {
    if (gate.isFull) return undefined;
    try {
      const answer = upload(content);
      if (typeof answer === "string") return answer.slice(0, 2000);
      if (isPromise(answer)) gate.pass(answer);
      return content.name;
    } catch (fault) {
      gate.failed(fault);
      return undefined;
    }
  };
}

interface FileSystem {
  mkdir(path: URL, options: { recursive: true; mode: number }): Promise<unknown>;
  writeFile(path: URL, data: string, options: { mode: number }): Promise<void>;
}

function intoFolder(folder: URL): Uploader {
  const files = nodeModule("node:fs/promises") as FileSystem | undefined;
  if (files === undefined) {
    throw new TypeError(
      "Expected the `upload` option to be a function: there is no file system here",
    );
  }
  const base = new URL(folder.href.endsWith("/") ? folder.href : `${folder.href}/`);
  const gate = new Gate();
  return (content) => {
    if (gate.isFull) return undefined;
    const file = new URL(content.name, base);
    gate.pass(write(files, file, content));
    return file.href;
  };
}

/** Only its owner may read what people said. */
async function write(files: FileSystem, file: URL, { content }: UploadedContent): Promise<void> {
  await files.mkdir(new URL(".", file), { recursive: true, mode: 0o700 });
  await files.writeFile(file, content, { mode: 0o600 });
}

class Gate {
  #underWay = 0;
  #reported = false;

  get isFull(): boolean {
    return this.#underWay >= MOST_AT_ONCE;
  }

  pass(work: PromiseLike<unknown>): void {
    this.#underWay += 1;
    void this.#settled(work);
  }

  failed(fault: unknown): void {
    if (this.#reported) return;
    this.#reported = true;
    diag.error("langchain-otel: uploading content failed; some of it may be missing", fault);
  }

  async #settled(work: PromiseLike<unknown>): Promise<void> {
    try {
      await work;
    } catch (fault) {
      this.failed(fault);
    } finally {
      this.#underWay -= 1;
    }
  }
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === "object" &&
    value !== null &&
    typeof (value as { then?: unknown }).then === "function"
  );
}
