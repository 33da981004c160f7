import { isAlike } from "../conditions/shared-subject.ts";
import type { FoldState } from "./episode-machine.ts";
import type { Footing } from "./footings.ts";
import type { InstanceFields } from "./instance.ts";

/**
 * Rules that compare the same of a device have its states in common while they run, and each writes them for itself.
 * Those of a device lie together in the log: what is read twice in a row becomes one again.
 */
export class AlikeStates {
  #last: InstanceFields | undefined;

  share(fields: InstanceFields): InstanceFields {
    const last = this.#last;
    this.#last = fields;
    if (last === undefined) return fields;
    const isAhead = fields.state !== (fields.history.at(-1)?.state ?? fields.base.state);
    if (isAlikeFooting(fields.base, last.base)) fields.base = last.base;
    const { history } = fields;
    if (history.length === last.history.length && history.every((each, at) => isAlikeFooting(each, last.history[at]!)))
      fields.history = last.history;
    const footed = fields.history.at(-1)?.state ?? fields.base.state;
    if (!isAhead) fields.state = footed;
    // By being another object it says that the clock has gone ahead, even where it is equal.
    else if (last.state !== footed && isAlikeState(fields.state, last.state)) fields.state = last.state;
    return fields;
  }
}

function isAlikeFooting(a: Footing, b: Footing): boolean {
  return a.time === b.time && a.offset === b.offset && a.index === b.index && isAlikeState(a.state, b.state);
}

/** Open episodes are each rule's own. */
function isAlikeState(a: FoldState, b: FoldState): boolean {
  return a.episode === b.episode && isAlike(a.program, b.program);
}
