import { expect, it } from "vitest";

import { serverOf } from "../../src/langchain/server.ts";

it.each<[string | undefined, unknown]>([
  ["https://api.openai.com/v1", { address: "api.openai.com", port: 443 }],
  ["http://127.0.0.1:8080/v1?key=x", { address: "127.0.0.1", port: 8080 }],
  ["http://[::1]:11434", { address: "::1", port: 11434 }],
  ["host:8443/path", { address: "host", port: 8443 }],
  ["https://user:secret@proxy.example/v1", { address: "proxy.example", port: 443 }],
  ["grpc://host", { address: "host", port: undefined }],
  ["", undefined],
  [undefined, undefined],
  ["http://", undefined],
  ["not a url at all", undefined],
])("the server of %s", (endpoint, server) => {
  expect(serverOf(endpoint)).toEqual(server);
});
