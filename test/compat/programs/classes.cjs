// Everything of LangChain's (and Node's) that an instrumentation could leave changed.

/** Copies all own properties of the classes in play, and of the ones that a model is made of. */
exports.snapshot = function snapshot({ classes, objects: others }, model) {
  const objects = new Map(Object.entries(others));
  for (const [name, { prototype }] of Object.entries(classes)) {
    objects.set(name, classes[name]);
    objects.set(`${name}.prototype`, prototype);
  }
  for (const part of [model, ...Object.values(model)]) {
    for (const owner of classesOf(part, classes.BaseChatModel.prototype))
      objects.set(`${owner.constructor.name}.prototype`, owner);
  }
  return [...objects].map(([name, object]) => ({
    name,
    object,
    before: Object.getOwnPropertyDescriptors(object),
  }));
};

/** The names of all properties that are not as they were. */
exports.changes = function changes(snapshots) {
  return snapshots.flatMap(({ name, object, before }) => {
    const now = Object.getOwnPropertyDescriptors(object);
    const keys = new Set([...Reflect.ownKeys(before), ...Reflect.ownKeys(now)]);
    return [...keys]
      .filter((key) => !same(before[key], now[key]))
      .map((key) => `${name}.${String(key)}`);
  });
};

/** The prototypes between a model and the base of all models. */
function classesOf(model, base) {
  const found = [];
  if (typeof model !== "object" || model === null || !base.isPrototypeOf(model)) return found;
  for (
    let owner = Object.getPrototypeOf(model);
    owner !== base;
    owner = Object.getPrototypeOf(owner)
  )
    found.push(owner);
  return found;
}

function same(a, b) {
  if (a === undefined || b === undefined) return a === b;
  return ["value", "get", "set", "writable", "enumerable", "configurable"].every((field) =>
    Object.is(a[field], b[field]),
  );
}
