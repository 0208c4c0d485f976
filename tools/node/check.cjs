// The repository's scripts run on the Node of the npm packages `node-*` beside this file, which npm links into
// node_modules/.bin. Platforms without such a package use their own Node; this says so when that one is too old.
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `This repository's scripts need Node >= 22.18 (found ${process.versions.node}). ` +
      "On Linux x64/arm64 and Windows x64 `npm ci` brings it, unless optional dependencies are left out; elsewhere install Node 24.",
  );
  process.exit(1);
}
