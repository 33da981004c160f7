import { Cell, type CellSeries } from "./cell.ts";
import { ReadingBuffer } from "./reading-buffer.ts";
import type { Rule } from "./rule.ts";

const noRules: readonly Rule[] = [];
const noGrades = new Int8Array(0);
const noChanges = new Float64Array(0);

/** One metric of one device: its retained readings, and where each rule that judges it stands. */
export class Series implements CellSeries {
  readonly device: string;
  readonly metric: string;
  readonly readings = new ReadingBuffer();
  /** The rules that judge it. */
  rules: readonly Rule[] = noRules;
  /** Per rule, the grade of the last reading… */
  grades = noGrades;
  /** …and the event time from which on an unchanged grade has to be judged all the same. */
  nextChanges = noChanges;
  /** Rules of which there is more to know; the others are clear. */
  readonly cells = new Map<string, Cell>();
  /** Inputs before this offset are in it, and in the state of every rule that was written with it. */
  covers = 0;
  /** Of the writing that `covers` comes from. */
  generation = 0;
  /** The log holds a state of it. */
  stored = false;

  constructor(device: string, metric: string) {
    this.device = device;
    this.metric = metric;
  }

  setRules(rules: readonly Rule[]): void {
    this.rules = rules;
    this.grades = rules.length === 0 ? noGrades : new Int8Array(rules.length).fill(-1);
    this.nextChanges = rules.length === 0 ? noChanges : new Float64Array(rules.length).fill(Infinity);
    for (const cell of this.cells.values()) cell.slot = -1;
    for (const [slot, rule] of rules.entries()) {
      const cell = this.cells.get(rule.id);
      if (cell === undefined) continue;
      cell.slot = slot;
      this.refresh(cell);
    }
  }

  cellOf(slot: number): Cell {
    const rule = this.rules[slot]!;
    let cell = this.cells.get(rule.id);
    if (cell === undefined) {
      cell = new Cell(rule, this);
      cell.slot = slot;
      this.cells.set(rule.id, cell);
    }
    return cell;
  }

  /** Brings what the fast path looks at in line with the cell. */
  refresh(cell: Cell): void {
    if (cell.slot < 0) return;
    this.grades[cell.slot] = cell.state.grade;
    this.nextChanges[cell.slot] = cell.nextChange;
  }

  /** Inputs before this offset are in the rule's state here. */
  coversOf(rule: string): number {
    return Math.max(this.covers, this.cells.get(rule)?.covers ?? 0);
  }

  generationOf(rule: string): number {
    return Math.max(this.generation, this.cells.get(rule)?.generation ?? 0);
  }
}
