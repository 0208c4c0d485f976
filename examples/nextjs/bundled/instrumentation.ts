/** Next.js calls this once, before the first request. */
export async function register(): Promise<void> {
  // There is an Edge runtime, too, in which the SDK does not run.
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { NodeSDK } = await import("@opentelemetry/sdk-node");
  const { UndiciInstrumentation } = await import("@opentelemetry/instrumentation-undici");
  new NodeSDK({
    serviceName: "nextjs-example",
    instrumentations: [new UndiciInstrumentation()],
  }).start();
}
