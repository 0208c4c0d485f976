// The folder of the main script is searched; that of what it requires is not.
require("./hidden/manual.cjs");
