/**
 * A cache in Deno's key-value database: blobs that are there as a whole or not at all.
 *
 * @module
 */
export * from "./blob_store.ts";
export * from "./data_cache.ts";
export * from "./kv_database.ts";
