/** Opens the store that its argument says, tells when it is open, and stays until it is killed. */
import { openEmbeddedStore } from "../src/embedded/embedded-store.ts";
import type { EmbeddedStoreOptions } from "@headwater/time-series/embedded";

const options = JSON.parse(process.argv[2] ?? "") as EmbeddedStoreOptions;
await openEmbeddedStore(options);
process.stdout.write("open\n");
setInterval(() => {}, 60_000);
