/** What an option's value has to be. */
export interface Rule {
  /** In words, after "Expected … to be". */
  readonly expected: string;
  readonly holds: (value: unknown) => boolean;
}

export function oneOf(...values: string[]): Rule {
  return {
    expected: values.map((value) => `"${value}"`).join(" or "),
    holds: (value) => typeof value === "string" && values.includes(value),
  };
}

/** An object with a method of that name. */
export function having(method: string, expected: string): Rule {
  return {
    expected,
    holds: (value) =>
      typeof value === "object" &&
      value !== null &&
      typeof (value as Record<string, unknown>)[method] === "function",
  };
}

export const text: Rule = {
  expected: "a non-empty string",
  holds: (value) => typeof value === "string" && value !== "",
};

export const switched: Rule = {
  expected: "true or false",
  holds: (value) => typeof value === "boolean",
};

export const wholeAboveZero: Rule = {
  expected: "a whole number above 0",
  holds: (value) => Number.isSafeInteger(value) && Number(value) > 0,
};
