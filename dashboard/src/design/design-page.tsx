import { useState } from "react";
import { Choice } from "./choice.tsx";
import { Modal } from "./modal.tsx";
import { Moment } from "./moment.tsx";
import { Loaded } from "./notice.tsx";
import { Snippet } from "./snippet.tsx";
import { Tile } from "./tile.tsx";
import { ListTable } from "./list-table.tsx";

const colors = [
  "surface",
  "raised",
  "sunken",
  "line",
  "text",
  "muted",
  "accent",
  "good",
  "warning",
  "critical",
] as const;
const example = "2026-03-01T12:00:00.000000Z";

/** Every component in every state, for whoever builds a page. */
export function DesignPage() {
  const [choice, setChoice] = useState<"hour" | "day">("hour");
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <h1>Design</h1>
      <div className="grid">
        <section className="card">
          <h2>Colors</h2>
          <div className="toolbar">
            {colors.map((name) => (
              <span key={name} className="tag">
                <svg width="12" height="12" aria-hidden="true">
                  <rect width="12" height="12" rx="3" fill={`var(--${name})`} stroke="var(--line)" />
                </svg>{" "}
                {name}
              </span>
            ))}
          </div>
          <h3>States</h3>
          <div className="toolbar">
            {["good", "warning", "critical", "muted"].map((look) => (
              <span key={look} className={`badge ${look}`}>
                {look}
              </span>
            ))}
            <span className="tag">site: north</span>
          </div>
        </section>
        <section className="card">
          <h2>Actions</h2>
          <div className="toolbar">
            <button type="button" className="button primary">
              Primary
            </button>
            <button type="button" className="button" onClick={() => setOpen(true)}>
              Open a dialog
            </button>
            <button type="button" className="button danger">
              Delete
            </button>
            <button type="button" className="button bare">
              Bare
            </button>
            <button type="button" className="button" disabled>
              Disabled
            </button>
          </div>
          <Choice
            label="Range"
            options={[
              ["hour", "1 h"],
              ["day", "1 d"],
            ]}
            value={choice}
            onChoose={setChoice}
          />
          <Modal title="A question" isOpen={isOpen} onClose={() => setOpen(false)}>
            <p>The focus stays here until it is answered; Escape leaves.</p>
            <button type="button" className="button" onClick={() => setOpen(false)}>
              Close
            </button>
          </Modal>
        </section>
        <section className="card">
          <h2>Fields</h2>
          <label className="field">
            Name
            <input defaultValue="boiler-1" />
            <small>What it is for, in a line</small>
          </label>
          <label className="field">
            Kind
            <select defaultValue="b">
              <option value="a">boiler</option>
              <option value="b">pump</option>
            </select>
          </label>
          <input className="search" type="search" aria-label="Search" placeholder="Search" />
        </section>
        <section className="card">
          <h2>Figures and times</h2>
          <dl className="tiles">
            <Tile name="Connected">
              9,812 <small>of 10,000</small>
            </Tile>
            <Tile name="Messages a second">2,041</Tile>
          </dl>
          <p>
            <Moment iso={example} /> · <Moment iso={undefined} />
          </p>
          <Snippet what="example" text={`mosquitto_pub -t devices/boiler-1/telemetry -m '{"temperature": 95}'`} />
        </section>
        <section className="card">
          <h2>Loading, failed, empty</h2>
          <Loaded
            of={{ state: "failed", value: undefined, problem: new Error("Headwater does not answer") }}
            retry={nothing}
          >
            {() => null}
          </Loaded>
          <p className="notice">Something to know.</p>
          <p className="notice good">All is well.</p>
          <p className="empty">Nothing here yet, and what to do about it.</p>
        </section>
        <section className="card">
          <h2>Table</h2>
          <ListTable columns={["Metric", "Value"]}>
            <tr>
              <th scope="row">temperature</th>
              <td className="number">71.3 °C</td>
            </tr>
          </ListTable>
        </section>
      </div>
    </>
  );
}

function nothing(): void {
  // The example has nothing to try again.
}
