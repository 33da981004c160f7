import type { AnswerOf } from "@headwater/client";
import { type FormEvent, useState } from "react";
import { useSearchParams } from "wouter";
import { api } from "../data/api.ts";
import { useResource } from "../data/use-resource.ts";
import { fieldText } from "../design/field-text.ts";
import { CopyButton } from "../design/copy-button.tsx";
import { problemText } from "../design/notice.tsx";
import { PlaceLink } from "../places/place-link.tsx";
import { useMay } from "../sign-in/session.ts";
import { DemoPanel } from "./demo-panel.tsx";
import { DeviceSnippets } from "./device-snippets.tsx";
import { FirstMessage } from "./first-message.tsx";
import { mqttAddress } from "./mqtt-address.ts";
import "./first-visit.css";

type Registered = AnswerOf<"POST", "/api/v1/devices">;

/** From nothing to a device that sends: a form, its token once, what to paste, and the first message as it comes. */
export function ConnectPage() {
  const may = useMay();
  const [search] = useSearchParams();
  const [registered, setRegistered] = useState<Registered>();
  const { resource } = useResource("mqtt", mqttAddress);
  const title = search.has("first") ? "Connect the first device" : "Connect a device";
  if (!may("devices:write")) {
    return (
      <div className="connect">
        <h1>{title}</h1>
        <p className="notice">Whoever is signed in here may not register devices.</p>
      </div>
    );
  }
  return (
    <div className="connect">
      <h1>{title}</h1>
      {registered === undefined ? (
        <>
          <RegisterForm id={search.get("id") ?? ""} onRegistered={setRegistered} />
          <DemoPanel isThere={false} />
        </>
      ) : (
        <>
          <section className="card">
            <h2>
              1. <PlaceLink href={`/devices/${encodeURIComponent(registered.id)}`}>{registered.id}</PlaceLink> is
              registered
            </h2>
            <p>Its token is its MQTT password. It is shown this once: keep it where the device has it.</p>
            <p className="connect-token">
              <code data-testid="device-token">{registered.token}</code>
              <CopyButton text={registered.token ?? ""} what="token" />
            </p>
          </section>
          <section className="card">
            <h2>2. Send a reading</h2>
            {resource.value !== undefined && (
              <DeviceSnippets address={resource.value} id={registered.id} token={registered.token ?? ""} />
            )}
          </section>
          {may("telemetry:read") && (
            <section className="card">
              <h2>3. See it arrive</h2>
              <FirstMessage id={registered.id} />
            </section>
          )}
        </>
      )}
    </div>
  );
}

function RegisterForm({ id, onRegistered }: { readonly id: string; onRegistered: (device: Registered) => void }) {
  const [problem, setProblem] = useState("");
  const [isBusy, setBusy] = useState(false);
  const register = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const text = (name: string): string => fieldText(fields, name);
    setBusy(true);
    const body = { id: text("id"), ...(text("type") !== "" && { type: text("type") }) };
    api
      .call("POST", "/api/v1/devices", { body })
      .then(onRegistered, (error: Error) => setProblem(problemText(error)))
      .finally(() => setBusy(false));
  };
  return (
    <form className="card" onSubmit={register}>
      <p>A device logs in over MQTT with its id as user name and its token as password.</p>
      <label className="field">
        Device id
        <input name="id" required maxLength={128} defaultValue={id} autoComplete="off" spellCheck={false} autoFocus />
        <small>Part of its topics, as in devices/thermometer-1/telemetry</small>
      </label>
      <label className="field">
        Type
        <input name="type" maxLength={64} autoComplete="off" />
        <small>Optional. Rules and lists select by it: thermometer, boiler, pump</small>
      </label>
      {problem !== "" && (
        <p className="notice critical" role="alert">
          {problem}
        </p>
      )}
      <button type="submit" className="button primary" disabled={isBusy}>
        Register
      </button>
    </form>
  );
}
