import { isFull, rounds } from "../faults/rounds.ts";
import { openEmbedded } from "./platform/embedded.ts";
import { anythingSuite } from "./suites/anything-suite.ts";

anythingSuite("the all-in-one", openEmbedded, { services: ["gateway"], instances: 1, kills: isFull ? rounds : 1 });
