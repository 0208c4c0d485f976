exports.api = require("@opentelemetry/api");
exports.hooks = require("@opentelemetry/context-async-hooks");
exports.instrumentation = require("@opentelemetry/instrumentation");
exports.undici = require("@opentelemetry/instrumentation-undici");
exports.metrics = require("@opentelemetry/sdk-metrics");
exports.trace = require("@opentelemetry/sdk-trace");

// No program may have anything to complain of.
exports.api.diag.setLogger(new exports.api.DiagConsoleLogger(), exports.api.DiagLogLevel.WARN);
