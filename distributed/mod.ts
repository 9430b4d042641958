/**
 * Training by several processes, on one machine or many, over MPI.
 *
 * @module
 */
export * from "./communicator.ts";
export * from "./connect_mpi.ts";
export * from "./data_parallel.ts";
