// What the programs with captureTrace share.

/** Captures calls, one and many at once, and says what is in their traces. */
exports.captures = async function captures({ captureTrace, gate }, model, drain) {
  const both = async () => {
    await model.invoke("Hi");
    await gate("reading", async () => {
      await drain(model.stream("Hi"));
      return true;
    });
  };
  const { trace } = await captureTrace(both, { agent: "reader" });
  const many = await Promise.all(Array.from({ length: 5 }, () => captureTrace(both)));
  await model.invoke("beside");
  const outlines = new Set(many.map((each) => JSON.stringify(outline(each.trace))));
  return {
    traces: [trace, ...many.map((each) => each.trace)],
    report: {
      agent: trace.agent,
      spans: outline(trace),
      tokens: trace.spans.map(({ attributes }) => attributes["gen_ai.usage.input_tokens"] ?? null),
      plain: JSON.stringify(JSON.parse(JSON.stringify(trace))) === JSON.stringify(trace),
      many: [...outlines].map((each) => JSON.parse(each)),
      ids: new Set(many.flatMap((each) => each.trace.spans.map((span) => span.span_id))).size,
    },
  };
};

function outline({ spans }) {
  const names = new Map(spans.map((span) => [span.span_id, span.name]));
  return spans.map((span) =>
    span.parent_span_id === null
      ? span.name
      : `${names.get(span.parent_span_id) ?? "?"} > ${span.name}`,
  );
}
