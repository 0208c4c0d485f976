import type { RunContent } from "../../content/run-content.ts";
import type { MessagesReading } from "../../langchain/messages/messages.ts";
import { PartialAnswer } from "../../langchain/messages/partial-answer.ts";
import { type Fields, fields } from "../../langchain/read.ts";
import { answered } from "../shapes/content.ts";
import { shapesFor } from "../shapes/index.ts";
import type { Seen, Shape, ShapeAnswer } from "../shapes/shape.ts";

/** What has come back of a model's call so far. Holds numbers and names; of what was said no more than may be written. */
export class Answer {
  #shape: Shape | undefined;
  readonly #provider: string | undefined;
  readonly #seen: Seen = {};
  readonly #partial: PartialAnswer | undefined;
  #known: ShapeAnswer | undefined;
  #isStream = false;

  /**
   * @param provider who was asked, where that is known
   * @param reading absent where nothing of it is written
   */
  constructor(
    shape: Shape | undefined,
    provider: string | undefined,
    reading: MessagesReading | undefined,
  ) {
    this.#shape = shape;
    this.#provider = provider;
    this.#partial = reading && new PartialAnswer(reading);
  }

  /** Whose answer it is, where that could be told. */
  get shape(): Shape | undefined {
    return this.#shape;
  }

  chunk(value: unknown): void {
    const chunk = fields(value);
    this.#isStream = true;
    const shape = shapesFor(this.#shape).find((each) => each.chunk?.(this.#seen, chunk) === true);
    if (typeof value === "string") this.#partial?.chunk({ content: value });
    if (shape === undefined) return;
    this.#shape = shape;
    const content = shape.text?.(chunk);
    if (content !== undefined) this.#partial?.chunk({ content });
  }

  /** The whole answer. */
  whole(value: unknown): void {
    for (const shape of shapesFor(this.#shape)) {
      this.#known = shape.response(fields(value), this.#provider);
      if (this.#known === undefined) continue;
      this.#shape = shape;
      return;
    }
  }

  /** What it says of itself. */
  get response(): ShapeAnswer | undefined {
    return this.#known ?? this.#shape?.response(this.#seen, this.#provider);
  }

  /** What was said, of a value that is the whole answer or of what has come. */
  content(value: unknown, reading: MessagesReading): RunContent {
    const { choices } = this.#shape ?? {};
    if (!this.#isStream && this.#known !== undefined && choices !== undefined)
      return answered(choices(fields(value)), reading);
    if (typeof value === "string" && !this.#isStream)
      return answered(
        [{ message: { role: "assistant", content: value } satisfies Fields }],
        reading,
      );
    const said = this.#partial?.answer(
      this.response?.finishReasons?.[0]?.toLowerCase() ?? "unknown",
    );
    return said === undefined ? {} : { outputMessages: [said] };
  }
}
