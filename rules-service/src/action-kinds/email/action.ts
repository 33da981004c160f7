export interface EmailAction {
  readonly kind: "email";
  readonly to: readonly string[];
  readonly deadlineMs: number;
}

/** What a parcel of mail holds. */
export interface Mail {
  readonly subject: string;
  readonly text: string;
}
