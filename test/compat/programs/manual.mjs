// The folder of the main script is searched; that of what it imports is not.
import "./hidden/manual.mjs";
