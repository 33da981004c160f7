import { silentLogger } from "@headwater/core";
import { once } from "node:events";
import { createServer, Socket, type AddressInfo } from "node:net";
import { afterEach, expect, it, vi } from "vitest";
import { LogUnavailableError } from "../errors.ts";
import { BrokerConnection } from "./broker-connection.ts";

afterEach(() => vi.restoreAllMocks());

it("sends the end of a request without waiting for the acknowledgement of its beginning", async () => {
  const hurried = vi.spyOn(Socket.prototype, "setNoDelay");
  // Somebody who speaks no Kafka: what counts here is the socket.
  const server = createServer((socket) => socket.destroy()).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const opening = BrokerConnection.open(
    { host: "127.0.0.1", port },
    {
      ...{ brokers: [], clientId: "test", ssl: false, sasl: undefined, connectTimeoutMs: 3000, requestTimeoutMs: 3000 },
      ...{ compression: "none", maxUnpackedBytes: 1024, onGap: () => {}, logger: silentLogger },
    },
  );
  await expect(opening).rejects.toThrow(LogUnavailableError);
  server.close();
  expect(hurried.mock.calls).toContainEqual([true]);
});
