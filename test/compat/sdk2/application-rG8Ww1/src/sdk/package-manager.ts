/**
 * Whether the process is a package manager's own. With `NODE_OPTIONS=--import langchain-otel/register` every Node
 * process of a shell is preloaded, `npm start` before the application that it starts; only the latter is meant.
 *
 * @param mainScript `process.argv[1]`
 */
export function isPackageManager(mainScript: string | undefined): boolean {
  const file = mainScript?.split(/[/\\]/).at(-1);
  return file !== undefined && PACKAGE_MANAGER.test(file);
}

// --- internal ---

/** npm, npm-cli.js, npx-cli.js, pnpm.cjs, yarn.js, yarn-4.9.1.cjs, corepack.js, … */
const PACKAGE_MANAGER =
  /^(?:npm|npx|pnpm|pnpx|yarn|yarnpkg|corepack)(?:-cli)?(?:-\d[\d.]*)?(?:\.[cm]?js)?$/;
