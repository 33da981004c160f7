import { useEffect, useState } from "react";
import { Link } from "wouter";
import { api } from "../data/api.ts";
import { live } from "../data/live.ts";
import { useMay } from "../sign-in/session.ts";

interface Message {
  readonly device: string;
  readonly readings: readonly { readonly metric: string; readonly value: unknown }[];
}

/** Waits for what a device sends first. */
export function FirstMessage({ id }: { readonly id: string }) {
  const mayOpen = useMay()("devices:read");
  const [message, setMessage] = useState<Message>();
  useEffect(() => {
    const take = (next: Message | undefined): void => setMessage((before) => before ?? next);
    const stopHearing = live.listen(`topics=telemetry&device=${encodeURIComponent(id)}`, (events) =>
      take(events[0]?.data as Message | undefined),
    );
    // It may have come before the stream began to tell of it.
    let hasAsked = false;
    const stopWatching = live.watch(() => {
      if (hasAsked || live.state !== "live") return;
      hasAsked = true;
      void messageOf(id).then(take, () => {});
    });
    return () => {
      stopHearing();
      stopWatching();
    };
  }, [id]);
  return (
    <div role="status">
      {message === undefined ? (
        <p className="waiting">Waiting for the first message of {id}…</p>
      ) : (
        <>
          <p className="notice good">
            The first message is here:{" "}
            {message.readings.map(({ metric, value }) => (
              <strong key={metric}>
                {metric} {String(value)}{" "}
              </strong>
            ))}
          </p>
          {mayOpen && (
            <Link className="button primary" href={`/devices/${encodeURIComponent(id)}`}>
              Open {id}
            </Link>
          )}
        </>
      )}
    </div>
  );
}

/** What is stored of a device, as if it were a message; undefined if there is nothing. */
async function messageOf(id: string): Promise<Message | undefined> {
  const { values } = await api.call("GET", "/api/v1/devices/{id}/latest", { path: { id } });
  const readings = Object.entries(values).map(([metric, { value }]) => ({ metric, value }));
  return readings.length === 0 ? undefined : { device: id, readings };
}
