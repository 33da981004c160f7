import { useEffect, useId, useState } from "react";
import { api } from "../data/api.ts";
import { byName } from "../data/by-name.ts";
import { useResource } from "../data/use-resource.ts";
import { useMay } from "../sign-in/session.ts";
import type { Board } from "./board.ts";

type Variable = NonNullable<Board["variables"]>[number];

interface VariableProps {
  readonly variable: Variable;
  readonly value: string;
  readonly onChoose: (value: string) => void;
}

const offered = 30;
const restMs = 200;

/** A choice among devices or groups, for those who may read which there are. */
export function VariableField(props: VariableProps) {
  if (!useMay()("devices:read")) return null;
  return props.variable.kind === "group" ? <GroupField {...props} /> : <DeviceField {...props} />;
}

function GroupField({ variable: { name, label = name }, value, onChoose }: VariableProps) {
  const { resource } = useResource("groups", async () => {
    const { items } = await api.call("GET", "/api/v1/groups", { query: { limit: 1_000 } });
    return byName(
      items.map(({ id }) => id),
      (id) => id,
    );
  });
  const known = resource.value ?? [];
  const groups = value === "" || known.includes(value) ? known : [value, ...known];
  return (
    <label className="board-variable">
      {label}
      <select className="search" value={value} onChange={(event) => onChoose(event.target.value)}>
        <option value="">All devices</option>
        {groups.map((id) => (
          <option key={id} value={id}>
            {id}
          </option>
        ))}
      </select>
    </label>
  );
}

function DeviceField({ variable: { name, label = name, type }, value, onChoose }: VariableProps) {
  const [text, setText] = useState(value);
  const [q, setQ] = useState("");
  const listId = useId();
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    const timer = setTimeout(() => setQ(text === value ? "" : text), restMs);
    return () => clearTimeout(timer);
  }, [text, value]);
  const { resource } = useResource(`${type} ${q}`, () => devicesLike(q, type, offered));
  const devices = resource.value ?? [];
  const choose = (next: string): void => {
    setText(next);
    if (devices.includes(next)) onChoose(next);
  };
  return (
    <label className="board-variable">
      {label}
      <input
        className="search"
        list={listId}
        value={text}
        placeholder="Choose a device"
        autoComplete="off"
        onChange={(event) => choose(event.target.value)}
        onBlur={() => text.trim() !== "" && onChoose(text.trim())}
        onKeyDown={(event) => event.key === "Enter" && text.trim() !== "" && onChoose(text.trim())}
      />
      <datalist id={listId}>
        {devices.map((id) => (
          <option key={id} value={id} />
        ))}
      </datalist>
    </label>
  );
}

/** Ids of devices, by a part of their name. */
export async function devicesLike(q: string, type: string | undefined, limit: number): Promise<readonly string[]> {
  const query = { limit, ...(q !== "" && { q }), ...(type !== undefined && { type }) };
  return (await api.call("GET", "/api/v1/devices", { query })).items.map(({ id }) => id);
}
