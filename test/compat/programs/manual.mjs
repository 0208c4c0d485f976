// The folder of the main script is searched; that of what it imports is not.
await import("./hidden/manual.mjs");
