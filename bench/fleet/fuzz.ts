import { sendFuzz, type FuzzOrder } from "../../edge-gateway/test/guard/fuzz-peers.ts";
import { answerOrders } from "./task.ts";

// Peers that mean no good.
answerOrders((order: FuzzOrder) => sendFuzz(order));
