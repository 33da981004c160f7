export * from "./errors.ts";
export * from "./concurrency/index.ts";
export * from "./files/index.ts";
export * from "./ids/index.ts";
export * from "./journal/index.ts";
export * from "./logger.ts";
export * from "./retry/index.ts";
export * from "./time/index.ts";
