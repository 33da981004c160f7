import { runMain } from "@headwater/service";
import { main } from "../../src/main.ts";

await runMain(main);
