/** The HTTP entry: what the world talks to. It only passes on. */
import { ask, serve, setting } from "./service.ts";

const coordinator = setting("COORDINATOR_URL");
await serve((question) => ask(coordinator, question));
