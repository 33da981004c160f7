import { ActionsForm } from "./actions-form.tsx";
import { ConditionForm } from "./condition-form.tsx";
import { ListField, SelectField, TagsField, TextField } from "./fields.tsx";
import type { Form } from "./form.ts";

interface RuleFormProps {
  readonly form: Form;
  readonly isNew: boolean;
  /** Whether the YAML beside it can be read, and may be changed. */
  readonly isOpen: boolean;
}

/** The rule as a form; it changes the YAML beside it in its places, and shows what that says. */
export function RuleForm({ form, isNew, isOpen }: RuleFormProps) {
  return (
    <fieldset className="rule-form" disabled={!isOpen} aria-label="The rule as a form">
      <fieldset>
        <legend>Rule</legend>
        <div className="fields">
          {isNew && <TextField form={form} path={["id"]} label="Id" />}
          <TextField form={form} path={["name"]} label="Name" />
          <SelectField
            form={form}
            path={["severity"]}
            label="Severity"
            options={["info", "warning", "critical"]}
            none="by its levels"
          />
        </div>
      </fieldset>
      <fieldset>
        <legend>Devices</legend>
        <div className="fields">
          <ListField form={form} path={["selector", "types"]} label="Types" placeholder="all" />
          <TagsField form={form} path={["selector", "tags"]} label="Tags" placeholder="site:north|south" />
          <ListField form={form} path={["selector", "ids"]} label="Ids" placeholder="all; boiler-*" />
        </div>
      </fieldset>
      <fieldset>
        <legend>Condition</legend>
        <ConditionForm form={form} path={["condition"]} />
      </fieldset>
      <ActionsForm form={form} />
    </fieldset>
  );
}
