/** The newest point of a series by event time. */
export interface NewestPoint {
  readonly series: number;
  readonly time: number;
  readonly value: number | string;
}
