/** The package's version, as spans and metrics report it; a test holds it equal to package.json. */
export const VERSION: string = "0.1.0";
