import fc from "fast-check";

/**
 * Property tests are the same in every run, so that a failure is the change's and can be repeated.
 * `PROPERTY_SEED=random` explores; another number repeats what a report named.
 */
const seed = process.env["PROPERTY_SEED"] ?? "20261123";
if (seed !== "random") fc.configureGlobal({ seed: Number(seed) });
