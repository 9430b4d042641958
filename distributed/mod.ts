/**
 * Training by several processes over MPI, and searches by workers on many machines over NATS.
 *
 * @module
 */
export * from "./communicator.ts";
export * from "./connect_mpi.ts";
export * from "./data_parallel.ts";
export type { NatsServer } from "./nats_server.ts";
export * from "./nats_runner.ts";
export * from "./remove_search.ts";
export * from "./serve_trials.ts";
