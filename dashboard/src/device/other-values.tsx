import { Age } from "../time/age.tsx";
import type { Value } from "./load-charts.ts";
import { ListTable } from "../design/list-table.tsx";
import { unitText } from "../plot/unit-text.ts";

/** The newest values of what is not drawn as numbers. */
export function OtherValues({ values }: { readonly values: readonly (readonly [metric: string, value: Value])[] }) {
  return (
    <section className="card device-values">
      <h2>Other values</h2>
      <ListTable columns={["Metric", "Value", "Age"]}>
        {values.map(([metric, { value, t, unit }]) => (
          <tr key={metric}>
            <th scope="row">{metric}</th>
            <td dir="auto">
              {String(value)} {unitText(unit)}
            </td>
            <td>
              <Age since={new Date(t).toISOString()} />
            </td>
          </tr>
        ))}
      </ListTable>
    </section>
  );
}
