import { Dialog } from "@base-ui/react/dialog";
import { useEffect, useId, useRef, useState, type KeyboardEvent } from "react";
import { useLocation } from "wouter";
import { api } from "../data/api.ts";
import { type Scope, useMay } from "../sign-in/session.ts";
import { needsOf } from "../places/needs.ts";
import { places } from "./places.ts";

interface Command {
  readonly name: string;
  readonly kind: string;
  readonly path: string;
  readonly needs: readonly Scope[];
}

const commands: readonly Command[] = [
  ...places.map((place) => ({ ...place, kind: "page", needs: needsOf(place.path) })),
  { name: "Quarantine", kind: "page", path: "/quarantine", needs: ["quarantine:read"] },
  { name: "Audit trail", kind: "page", path: "/audit", needs: ["audit:read"] },
  { name: "Connect a device", kind: "action", path: "/connect", needs: ["devices:write"] },
  { name: "New board", kind: "action", path: "/boards/new", needs: ["boards:read", "boards:write"] },
  { name: "Write a rule", kind: "action", path: "/rules/new", needs: ["rules:read", "rules:write"] },
  { name: "All components", kind: "page", path: "/design", needs: [] },
];
const mostDevices = 8;

/** Devices, and the text for which they were found. */
interface Found {
  readonly text: string;
  readonly devices: readonly Command[];
}

/** Whatever there is, by its name: pages, actions and devices. */
export default function CommandPalette({ onClose }: { readonly onClose: () => void }) {
  const [, go] = useLocation();
  const may = useMay();
  const [text, setText] = useState("");
  const [answer, setAnswer] = useState<Found>({ text: "", devices: [] });
  const [at, setAt] = useState(0);
  const listId = useId();
  const mayReadDevices = may("devices:read");
  useEffect(() => {
    setAt(0);
    if (!mayReadDevices) return undefined;
    const query = { limit: mostDevices, registered: "any" as const, ...(text !== "" && { q: text }) };
    let isOver = false;
    api.call("GET", "/api/v1/devices", { query }).then(
      ({ items }) => {
        if (isOver) return;
        const devices = items.map(({ id }) => ({
          name: id,
          kind: "device",
          path: `/devices/${encodeURIComponent(id)}`,
          needs: [],
        }));
        setAnswer({ text, devices });
      },
      () => setAnswer({ text, devices: [] }),
    );
    return () => {
      isOver = true;
    };
  }, [text, mayReadDevices]);
  const wanted = text.trim().toLowerCase();
  // Until the answer is there: of those that are known the ones that fit, so that Enter opens no other.
  const devices =
    answer.text === text ? answer.devices : answer.devices.filter(({ name }) => name.toLowerCase().includes(wanted));
  const offered = commands.filter(({ needs }) => may(...needs));
  const found = [...offered.filter(({ name }) => name.toLowerCase().includes(wanted)), ...devices];
  const isAnswered = useRef(false);
  const run = (command: Command | undefined): void => {
    if (command === undefined) return;
    isAnswered.current = true;
    onClose();
    go(command.path);
  };
  const onKey = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setAt((before) => (before + step + found.length) % Math.max(1, found.length));
    } else if (event.key === "Enter") run(found[at]);
  };
  return (
    <Dialog.Root open onOpenChange={(isOpen) => !isOpen && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop" />
        <Dialog.Popup
          className="dialog palette"
          aria-label="Go to"
          // By keyboard one goes on in the page that was chosen; without a choice, where one was.
          finalFocus={() => (isAnswered.current ? document.getElementById("content") : true)}
        >
          <input
            type="text"
            role="combobox"
            aria-label="Go to a page or a device"
            aria-expanded="true"
            aria-controls={listId}
            aria-activedescendant={found.length > 0 ? `${listId}-${at}` : undefined}
            autoComplete="off"
            placeholder="Go to a page or a device"
            value={text}
            onChange={(event) => setText(event.target.value)}
            onKeyDown={onKey}
          />
          <ul id={listId} role="listbox" aria-label="Found">
            {found.map((command, index) => (
              <li
                key={command.path}
                id={`${listId}-${index}`}
                role="option"
                aria-selected={index === at}
                onPointerMove={() => setAt(index)}
                onClick={() => run(command)}
              >
                {command.name}
                <span>{command.kind}</span>
              </li>
            ))}
          </ul>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
