/** The same trial in a module of another text. */
export { trial } from "./_nats_trial.ts";
