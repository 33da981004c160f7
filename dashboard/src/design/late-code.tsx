import { type FunctionComponent, type ReactNode, useEffect, useState } from "react";

/** A script of the page cannot be had: the platform is away, or has another release by now. */
export class CodeError extends Error {
  constructor(options: ErrorOptions) {
    super("A part of the page cannot be loaded", options);
  }
}

/**
 * A part of the page whose code comes when it is shown, or before by `ask`. React's own `lazy` keeps what stands in
 * for it in sight for at least 300 ms, however soon the code is there.
 */
export function codeOf<Props extends object>(
  load: () => Promise<FunctionComponent<Props>>,
  meanwhile: ReactNode = <p aria-busy="true">Loading…</p>,
): { readonly ask: () => Promise<unknown>; readonly Shown: FunctionComponent<Props> } {
  let known: FunctionComponent<Props> | undefined;
  let asked: Promise<FunctionComponent<Props>> | undefined;
  const ask = (): Promise<FunctionComponent<Props>> => {
    asked ??= load().then(
      (code) => (known = code),
      (cause: unknown) => {
        // Whoever asks next asks anew.
        asked = undefined;
        throw new CodeError({ cause });
      },
    );
    return asked;
  };
  function Shown(props: Props) {
    const [code, setCode] = useState<{ readonly Part?: FunctionComponent<Props>; readonly problem?: Error }>({
      ...(known !== undefined && { Part: known }),
    });
    const isThere = code.Part !== undefined;
    useEffect(() => {
      if (isThere) return;
      ask().then(
        (Part) => setCode({ Part }),
        (problem: Error) => setCode({ problem }),
      );
    }, [isThere]);
    if (code.problem !== undefined) throw code.problem;
    return code.Part === undefined ? meanwhile : <code.Part {...props} />;
  }
  return { ask, Shown };
}
