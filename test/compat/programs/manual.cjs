// The folder of the main script is searched; that of what it requires is not.
exports.done = require("./hidden/manual.cjs");
