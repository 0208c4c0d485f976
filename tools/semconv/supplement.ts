/** Attributes that the GenAI conventions use and the core registry defines. */
export const CORE: Readonly<
  Record<string, { readonly type: string; readonly values?: readonly string[] }>
> = {
  "aws.bedrock.guardrail.id": { type: "string" },
  "aws.bedrock.knowledge_base.id": { type: "string" },
  "azure.resource_provider.namespace": { type: "string" },
  "client.address": { type: "string" },
  "client.port": { type: "int" },
  "error.type": { type: "string" },
  "exception.message": { type: "string" },
  "exception.stacktrace": { type: "string" },
  "exception.type": { type: "string" },
  "jsonrpc.protocol.version": { type: "string" },
  "jsonrpc.request.id": { type: "string" },
  "network.protocol.name": { type: "string" },
  "network.protocol.version": { type: "string" },
  "network.transport": { type: "string", values: ["tcp", "udp", "pipe", "unix", "quic"] },
  "process.executable.name": { type: "string" },
  "process.executable.path": { type: "string" },
  "process.exit.code": { type: "int" },
  "rpc.response.status_code": { type: "string" },
  "server.address": { type: "string" },
  "server.port": { type: "int" },
  "user.id": { type: "string" },
};

const SECONDS = [
  0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
];

/** Buckets, by the metrics' names. They stand in the documentation alone: the models have no place for them. */
export const BUCKETS: readonly (readonly [RegExp, readonly number[]])[] = [
  [/^mcp\./, [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300]],
  [
    /token\.usage$|\.(?:in|out)put_tokens$/,
    [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864],
  ],
  [
    /\.time_to_first_token$/,
    [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
  ],
  [
    /\.time_per_output_token$/,
    [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5],
  ],
  [/invoke_workflow\.duration$/, [1, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200]],
  [
    /invoke_agent\.duration$/,
    [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 51.2, 102.4, 204.8, 409.6],
  ],
  [/_calls$/, [1, 2, 4, 8, 16, 32, 64, 128]],
  [/\.(?:duration|time_to_first_chunk|time_per_output_chunk)$/, SECONDS],
];
