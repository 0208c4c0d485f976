/**
 * `langchain-otel/propagation`: one trace across processes. {@link inject} and {@link extract} carry the context where
 * no instrumentation does it (JSON-RPC, NATS, HTTP by hand), {@link instrumentMcp} does it for the Model Context
 * Protocol, with a span on either side.
 */
export {
  type CarrierFormat,
  type CarrierOptions,
  extract,
  inject,
  type InjectOptions,
} from "./carrier.ts";
export { instrumentMcp } from "./mcp.ts";
