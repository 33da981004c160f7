import { spanText } from "../time/span.ts";
import { bytesText, countText } from "./amount.ts";
import type { Spool } from "./use-pipeline.ts";

/** What waits in the gateway at this address, where it has a spool. */
export function SpoolPanel({ spool }: { readonly spool: Spool }) {
  const { gateway, durable, records, bytes, oldestAgeSeconds, lanes, devices, deviceCount, log, corrupt } = spool;
  const waiting = lanes.map(({ partition, n, forwarded }) => ({ partition, records: n - forwarded }));
  return (
    <section className="card" aria-label="Gateway">
      <div className="toolbar">
        <h2>
          Gateway <bdi>{gateway}</bdi>
        </h2>
        <span className={`badge ${log.state === "well" ? "good" : "critical"}`}>log {log.state}</span>
      </div>
      {log.problem !== undefined && <p className="notice critical">{log.problem}</p>}
      {durable === "log" ? (
        <p>It writes to the log itself: what is acknowledged lies there, and nothing waits in a spool.</p>
      ) : (
        <p className="number">
          {countText(records)} messages wait, {bytesText(bytes)} on disk
          {records > 0 && <>, the oldest for {spanText(oldestAgeSeconds * 1_000)}</>}.
          {log.heldPartitions > 0 && ` ${log.heldPartitions} partitions are parked.`}
        </p>
      )}
      {records > 0 && (
        <p className="quiet number">
          {waiting
            .filter((each) => each.records > 0)
            .map((each) => `partition ${each.partition}: ${countText(each.records)}`)
            .join(", ")}
        </p>
      )}
      {devices.length > 0 && (
        <ul className="plain">
          {devices.map((each) => (
            <li key={each.device} className="number">
              <bdi>{each.device}</bdi>: {countText(each.records)}, {bytesText(each.bytes)}
            </li>
          ))}
          {deviceCount > devices.length && <li className="quiet">of {countText(deviceCount)} devices</li>}
        </ul>
      )}
      {corrupt.map(({ file, bytes: damaged }) => (
        <p key={file} className="notice critical">
          {bytesText(damaged)} of {file} cannot be read and were set aside.
        </p>
      ))}
    </section>
  );
}
