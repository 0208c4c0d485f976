/** Next.js calls this once, before the first request. */
export async function register(): Promise<void> {
  // There is an Edge runtime, too, in which the SDK does not run.
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { startTelemetry } = await import("langchain-otel/sdk");
  startTelemetry({ serviceName: "nextjs-example" });
}
