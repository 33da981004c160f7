import { useState } from "react";
import { Choice } from "../design/choice.tsx";
import { Snippet } from "../design/snippet.tsx";
import { type Address, type Language, languages, snippetOf } from "./snippets.ts";

interface DeviceSnippetsProps {
  readonly address: Address;
  readonly id: string;
  readonly token: string;
}

export function DeviceSnippets({ address, id, token }: DeviceSnippetsProps) {
  const [language, setLanguage] = useState<Language>("mosquitto");
  return (
    <>
      <div className="toolbar">
        <Choice label="Language" options={languages} value={language} onChoose={setLanguage} />
      </div>
      <Snippet what="program" text={snippetOf(language, address, id, token)} />
      {language === "mosquitto" && (
        <p className="quiet">
          For a terminal. The program is in <code>mosquitto-clients</code> (apt) and <code>mosquitto</code> (brew).
        </p>
      )}
    </>
  );
}
