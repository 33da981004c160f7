import { JsonField, ListField, NumberField, TextField } from "./fields.tsx";
import type { Form } from "./form.ts";

type Part = Readonly<Record<string, unknown>>;

const beginnings: Readonly<Record<string, Part>> = {
  command: { command: { name: "shut_valve", ttl: "60s" } },
  webhook: { webhook: { url: "https://" } },
  email: { email: { to: ["ops@example.org"] } },
  derive: { derive: { metric: "derived", value: 1 } },
};

/** What the rule does when it raises. */
export function ActionsForm({ form }: { readonly form: Form }) {
  const value = form.at(["actions"]);
  const actions: readonly unknown[] = Array.isArray(value) ? value : [];
  return (
    <fieldset>
      <legend>Actions</legend>
      {actions.map((action, index) => (
        <div key={index} className="part">
          <ActionForm form={form} index={index} action={action} />
          <button
            type="button"
            className="button"
            onClick={() => form.set(actions.length === 1 ? ["actions"] : ["actions", index], undefined)}
          >
            Remove this action
          </button>
        </div>
      ))}
      <select
        className="search"
        aria-label="Add an action"
        value=""
        onChange={(event) =>
          actions.length === 0
            ? form.set(["actions"], [beginnings[event.target.value]])
            : form.set(["actions", actions.length], beginnings[event.target.value])
        }
      >
        <option value="">Add an action…</option>
        {Object.keys(beginnings).map((each) => (
          <option key={each}>{each}</option>
        ))}
      </select>
    </fieldset>
  );
}

function ActionForm({
  form,
  index,
  action,
}: {
  readonly form: Form;
  readonly index: number;
  readonly action: unknown;
}) {
  const kind = Object.keys(beginnings).find((key) => typeof action === "object" && action !== null && key in action);
  if (kind === undefined) return <p className="quiet">This action is edited in the YAML.</p>;
  const at = ["actions", index, kind] as const;
  return (
    <div className="fields">
      {kind === "command" && (
        <>
          <TextField form={form} path={[...at, "name"]} label="Command" />
          <JsonField form={form} path={[...at, "params"]} label="Parameters (JSON)" placeholder='{"valve": 1}' />
          <TextField form={form} path={[...at, "ttl"]} label="Valid for" placeholder="1m" />
        </>
      )}
      {kind === "webhook" && <TextField form={form} path={[...at, "url"]} label="Webhook" />}
      {kind === "email" && <ListField form={form} path={[...at, "to"]} label="Mail to" />}
      {kind === "derive" && (
        <>
          <TextField form={form} path={[...at, "metric"]} label="Derive metric" />
          <NumberField form={form} path={[...at, "value"]} label="Value" placeholder="as in the YAML" />
        </>
      )}
      <ListField form={form} path={["actions", index, "on"]} label="On" placeholder="raised" />
    </div>
  );
}
